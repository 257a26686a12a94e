namespace Lockstep.ZooKeeper.Tests.Conformance;

/// <summary>What watches are told. Method: another client changes things, or the own one; a sync marks the end.</summary>
public abstract class WatchConformance(ITestEnsemble ensemble) : EnsembleTest(ensemble)
{
    [Fact]
    public async Task A_watch_on_data_fires_once()
    {
        Seen seen = new();
        await Client.CreateAsync("/a", cancellationToken: Ct);
        await Client.GetDataAsync("/a", seen.Watch, Ct);
        ZooKeeperClient other = await ConnectAsync();
        await other.SetDataAsync("/a", Bytes("1"), -1, Ct);
        await other.SetDataAsync("/a", Bytes("2"), -1, Ct);
        await other.DeleteAsync("/a", cancellationToken: Ct);
        await seen.IsAsync("DataChanged /a");
        await Client.SyncAsync("/", Ct);
        await seen.IsAsync("DataChanged /a");
    }

    [Fact]
    public async Task A_watch_on_existence_fires_at_creation_and_at_deletion()
    {
        Seen seen = new();
        Assert.Null(await Client.ExistsAsync("/a", seen.Watch, Ct));
        await Client.CreateAsync("/a", cancellationToken: Ct);
        await seen.IsAsync("Created /a");
        await Client.ExistsAsync("/a", seen.Watch, Ct);
        await Client.DeleteAsync("/a", cancellationToken: Ct);
        await seen.IsAsync("Created /a", "Deleted /a");
    }

    [Fact]
    public async Task A_watch_on_children_fires_at_a_child_and_at_the_end_of_the_parent()
    {
        Seen seen = new();
        await Client.CreateAsync("/p", cancellationToken: Ct);
        await Client.GetChildrenAsync("/p", seen.Watch, Ct);
        await Client.CreateAsync("/p/x", cancellationToken: Ct);
        await Client.GetChildrenAsync("/p", seen.Watch, Ct);
        await Client.SetDataAsync("/p/x", Bytes("1"), -1, Ct);
        await Client.DeleteAsync("/p/x", cancellationToken: Ct);
        await Client.GetChildrenAsync("/p", seen.Watch, Ct);
        await Client.DeleteAsync("/p", cancellationToken: Ct);
        await seen.IsAsync("ChildrenChanged /p", "ChildrenChanged /p", "Deleted /p");
    }

    [Fact]
    public async Task An_event_comes_before_the_answer_of_the_request_that_caused_it()
    {
        Seen seen = new();
        await Client.CreateAsync("/a", cancellationToken: Ct);
        for (int i = 1; i <= 50; i++)
        {
            await Client.GetDataAsync("/a", seen.Watch, Ct);
            await Client.SetDataAsync("/a", Bytes($"{i}"), -1, Ct);
            Assert.Equal(i, seen.Events.Count);
        }
    }

    [Fact]
    public async Task A_failed_read_sets_no_watch()
    {
        Seen seen = new();
        await FailsAsync(ErrorCode.NoNode, Client.GetDataAsync("/a", seen.Watch, Ct));
        await Client.CreateAsync("/a", cancellationToken: Ct);
        await Client.SyncAsync("/", Ct);
        Assert.Empty(seen.Events);
    }

    [Fact]
    public async Task A_persistent_watch_tells_of_the_znode_and_its_children_again_and_again()
    {
        Seen seen = new();
        await Client.AddWatchAsync("/p", WatchMode.Persistent, seen.Watch, Ct);
        await ChangeAsync();
        await seen.IsAsync(
            "Created /p", "DataChanged /p", "DataChanged /p", "ChildrenChanged /p", "ChildrenChanged /p", "Deleted /p");
    }

    [Fact]
    public async Task A_recursive_watch_tells_of_everything_below_but_not_of_lists()
    {
        Seen seen = new();
        await Client.AddWatchAsync("/", WatchMode.PersistentRecursive, seen.Watch, Ct);
        await ChangeAsync();
        await seen.IsAsync(
            "Created /p",
            "DataChanged /p",
            "DataChanged /p",
            "Created /p/x",
            "DataChanged /p/x",
            "Deleted /p/x",
            "Deleted /p");
    }

    [Fact]
    public async Task A_removed_watch_is_told_nothing()
    {
        Seen persistent = new();
        Seen data = new();
        await Client.CreateAsync("/a", cancellationToken: Ct);
        await Client.AddWatchAsync("/a", WatchMode.Persistent, persistent.Watch, Ct);
        await Client.GetDataAsync("/a", data.Watch, Ct);
        await Client.RemoveWatchesAsync("/a", WatchKind.Data, Ct);
        await Client.SetDataAsync("/a", Bytes("1"), -1, Ct);
        await Client.RemoveWatchesAsync("/a", WatchKind.Any, Ct);
        await Client.SetDataAsync("/a", Bytes("2"), -1, Ct);
        await persistent.IsAsync("DataChanged /a");
        Assert.Empty(data.Events);
        await FailsAsync(ErrorCode.NoWatcher, Client.RemoveWatchesAsync("/a", WatchKind.Any, Ct));
    }

    [Fact]
    public async Task A_slow_or_failing_callback_stops_neither_pings_nor_other_callbacks()
    {
        Seen seen = new();
        using ManualResetEventSlim release = new();
        ZooKeeperClient other = await ConnectAsync(Options with { SessionTimeout = TimeSpan.FromMilliseconds(1500) });
        await Client.CreateAsync("/a", cancellationToken: Ct);
        await other.GetDataAsync("/a", _ => { release.Wait(Ct); throw new InvalidOperationException("planted"); }, Ct);
        await other.GetDataAsync("/a", seen.Watch, Ct);
        CreateResult own = await other.CreateAsync("/own", mode: CreateMode.Ephemeral, cancellationToken: Ct);
        await Client.SetDataAsync("/a", Bytes("1"), -1, Ct);
        await Task.Delay(TimeSpan.FromMilliseconds(4000), TimeProvider.System, Ct); // More than two session time-outs.
        Assert.NotNull(await Client.ExistsAsync(own.Path, cancellationToken: Ct));
        Assert.Equal(SessionState.Connected, other.State);
        release.Set();
        await seen.IsAsync("DataChanged /a");
    }

    private async Task ChangeAsync()
    {
        await Client.CreateAsync("/p", cancellationToken: Ct);
        await Client.SetDataAsync("/p", Bytes("1"), -1, Ct);
        await Client.SetDataAsync("/p", Bytes("2"), -1, Ct);
        await Client.CreateAsync("/p/x", cancellationToken: Ct);
        await Client.SetDataAsync("/p/x", Bytes("1"), -1, Ct);
        await Client.DeleteAsync("/p/x", cancellationToken: Ct);
        await Client.DeleteAsync("/p", cancellationToken: Ct);
    }
}

public sealed class WatchConformanceOfTheRealServer(RealEnsemble ensemble) : WatchConformance(ensemble);

public sealed class WatchConformanceOfTheInMemoryServer(InMemoryEnsemble ensemble) : WatchConformance(ensemble);
