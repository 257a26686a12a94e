using Lockstep.TestKit;

namespace Lockstep.ZooKeeper.Tests.Conformance;

/// <summary>What znodes do. Method: the same operations against a real and the in-memory server.</summary>
public abstract class NodeConformance(ITestEnsemble ensemble) : EnsembleTest(ensemble)
{
    [Fact]
    public async Task A_created_znode_has_its_data_and_stat()
    {
        CreateResult created = await Client.CreateAsync("/a", Bytes("one"), cancellationToken: Ct);
        DataResult read = await Client.GetDataAsync("/a", cancellationToken: Ct);
        Assert.Equal("/a", created.Path);
        Assert.Equal("one", Text(read));
        Assert.Equal(created.Stat, read.Stat);
        Assert.True(read.Stat.Czxid > 0);
        Assert.Equal((0, 3, 0), (read.Stat.Version, read.Stat.DataLength, read.Stat.NumChildren));
        Assert.True(read.Stat.EphemeralOwner.IsNone);
    }

    [Fact]
    public async Task Empty_and_large_data_are_kept()
    {
        byte[] large = [.. Enumerable.Range(0, 300_000).Select(i => (byte)i)];
        await Client.CreateAsync("/empty", cancellationToken: Ct);
        await Client.CreateAsync("/large", large, cancellationToken: Ct);
        Assert.Equal(0, (await Client.GetDataAsync("/empty", cancellationToken: Ct)).Data.Length);
        Assert.Equal(large, (await Client.GetDataAsync("/large", cancellationToken: Ct)).Data.ToArray());
    }

    [Fact]
    public async Task Creation_is_refused_with_the_reason()
    {
        await Client.CreateAsync("/a", mode: CreateMode.Ephemeral, cancellationToken: Ct);
        await FailsAsync(ErrorCode.NodeExists, Client.CreateAsync("/a", cancellationToken: Ct));
        await FailsAsync(ErrorCode.NoNode, Client.CreateAsync("/none/b", cancellationToken: Ct));
        await FailsAsync(ErrorCode.NoChildrenForEphemerals, Client.CreateAsync("/a/b", cancellationToken: Ct));
        await FailsAsync(ErrorCode.InvalidAcl, Client.CreateAsync("/c", acl: [], cancellationToken: Ct));
    }

    [Fact]
    public async Task An_error_names_path_and_next_step()
    {
        ZooKeeperException failed = await Assert.ThrowsAsync<ZooKeeperException>(
            () => Client.GetDataAsync("/none", cancellationToken: Ct));
        Assert.Equal("/none", failed.Path);
        Assert.Equal("ZooKeeper: NoNode at /none. Create the znode or its parent first.", failed.Message);
    }

    [Fact]
    public async Task Sequential_znodes_count_and_restart_with_their_parent()
    {
        await Client.CreateAsync("/p", cancellationToken: Ct);
        Assert.Equal("/p/n_0000000000", await NextAsync());
        Assert.Equal("/p/n_0000000001", await NextAsync());
        await Client.DeleteAsync("/p/n_0000000001", cancellationToken: Ct);
        Assert.Equal("/p/n_0000000002", await NextAsync());
        await Client.DeleteAsync("/p/n_0000000000", cancellationToken: Ct);
        await Client.DeleteAsync("/p/n_0000000002", cancellationToken: Ct);
        await Client.DeleteAsync("/p", cancellationToken: Ct);
        await Client.CreateAsync("/p", cancellationToken: Ct);
        Assert.Equal("/p/n_0000000000", await NextAsync());

        async Task<string> NextAsync() =>
            (await Client.CreateAsync("/p/n_", mode: CreateMode.PersistentSequential, cancellationToken: Ct)).Path;
    }

    [Fact]
    public async Task Later_creations_have_larger_czxids()
    {
        CreateResult first = await Client.CreateAsync("/s_", mode: CreateMode.EphemeralSequential, cancellationToken: Ct);
        CreateResult second = await Client.CreateAsync("/s_", mode: CreateMode.EphemeralSequential, cancellationToken: Ct);
        Assert.True(second.Stat.Czxid > first.Stat.Czxid);
        Assert.Equal(Client.SessionId, second.Stat.EphemeralOwner);
    }

    [Fact]
    public async Task Data_are_set_only_with_the_right_version()
    {
        await Client.CreateAsync("/a", Bytes("0"), cancellationToken: Ct);
        Stat set = await Client.SetDataAsync("/a", Bytes("1"), 0, Ct);
        Assert.Equal(1, set.Version);
        Assert.True(set.Mzxid > set.Czxid);
        await FailsAsync(ErrorCode.BadVersion, Client.SetDataAsync("/a", Bytes("2"), 0, Ct));
        await FailsAsync(ErrorCode.NoNode, Client.SetDataAsync("/none", Bytes("2"), -1, Ct));
        Assert.Equal("1", Text(await Client.GetDataAsync("/a", cancellationToken: Ct)));
    }

    [Fact]
    public async Task A_znode_is_deleted_only_with_the_right_version_and_without_children()
    {
        await Client.CreateAsync("/a", cancellationToken: Ct);
        await Client.CreateAsync("/a/b", cancellationToken: Ct);
        await FailsAsync(ErrorCode.NotEmpty, Client.DeleteAsync("/a", cancellationToken: Ct));
        await FailsAsync(ErrorCode.BadVersion, Client.DeleteAsync("/a/b", 7, Ct));
        await Client.DeleteAsync("/a/b", 0, Ct);
        await Client.DeleteAsync("/a", cancellationToken: Ct);
        Assert.Null(await Client.ExistsAsync("/a", cancellationToken: Ct));
        await FailsAsync(ErrorCode.NoNode, Client.DeleteAsync("/a", cancellationToken: Ct));
    }

    [Fact]
    public async Task Children_are_names_and_their_changes_are_counted()
    {
        await Client.CreateAsync("/p", cancellationToken: Ct);
        await Client.CreateAsync("/p/x", cancellationToken: Ct);
        CreateResult last = await Client.CreateAsync("/p/y", cancellationToken: Ct);
        ChildrenResult children = await Client.GetChildrenAsync("/p", cancellationToken: Ct);
        Assert.Equal(["x", "y"], children.Names.Order(StringComparer.Ordinal));
        Assert.Equal((2, 2, last.Stat.Czxid), (children.Stat.NumChildren, children.Stat.Cversion, children.Stat.Pzxid));
        await Client.DeleteAsync("/p/x", cancellationToken: Ct);
        Assert.Equal(3, (await Client.ExistsAsync("/p", cancellationToken: Ct))!.Cversion);
        await FailsAsync(ErrorCode.NoNode, Client.GetChildrenAsync("/none", cancellationToken: Ct));
    }

    [Fact]
    public async Task A_container_goes_after_its_last_child()
    {
        await Client.CreateAsync("/c", mode: CreateMode.Container, cancellationToken: Ct);
        await Client.CreateAsync("/c/x", cancellationToken: Ct);
        await Client.DeleteAsync("/c/x", cancellationToken: Ct);
        await Eventually.TrueAsync(async () => await Client.ExistsAsync("/c", cancellationToken: Ct) is null);
    }

    [Fact]
    public async Task A_znode_goes_after_its_time_to_live()
    {
        await Client.CreateAsync(
            "/t", mode: CreateMode.PersistentWithTtl, timeToLive: TimeSpan.FromMilliseconds(200), cancellationToken: Ct);
        CreateResult sequential = await Client.CreateAsync(
            "/t_", mode: CreateMode.PersistentSequentialWithTtl, timeToLive: TimeSpan.FromMinutes(1), cancellationToken: Ct);
        Assert.Matches("^/t_[0-9]{10}$", sequential.Path);
        await Eventually.TrueAsync(async () => await Client.ExistsAsync("/t", cancellationToken: Ct) is null);
        Assert.NotNull(await Client.ExistsAsync(sequential.Path, cancellationToken: Ct));
    }

    [Fact]
    public async Task Sync_is_answered() => await Client.SyncAsync("/", Ct);

    [Fact]
    public async Task A_path_is_created_with_its_parents_and_once()
    {
        await Client.EnsurePathAsync("/x/y/z", cancellationToken: Ct);
        await Client.EnsurePathAsync("/x/y/z", cancellationToken: Ct);
        Assert.NotNull(await Client.ExistsAsync("/x/y/z", cancellationToken: Ct));
    }

    [Fact]
    public async Task A_multi_does_everything()
    {
        await Client.CreateAsync("/old", cancellationToken: Ct);
        IReadOnlyList<MultiOutcome> done = await Client.MultiAsync(
            [
                new MultiOperation.Check("/old", 0),
                new MultiOperation.Create("/new", Bytes("1")),
                new MultiOperation.Create("/new/s_", mode: CreateMode.EphemeralSequential),
                new MultiOperation.SetContent("/new", Bytes("2"), 0),
                new MultiOperation.Delete("/old"),
            ],
            Ct);
        Assert.Equal(["/old", "/new", "/new/s_0000000000", "/new", "/old"], done.Select(d => d.Path));
        Assert.Equal(1, done[3].Stat!.Version);
        Assert.Equal("2", Text(await Client.GetDataAsync("/new", cancellationToken: Ct)));
        Assert.Null(await Client.ExistsAsync("/old", cancellationToken: Ct));
    }

    [Fact]
    public async Task A_multi_does_nothing_when_one_operation_is_refused()
    {
        await Client.CreateAsync("/a", Bytes("before"), cancellationToken: Ct);
        ZooKeeperException failed = await Assert.ThrowsAsync<ZooKeeperException>(() => Client.MultiAsync(
            [
                new MultiOperation.SetContent("/a", Bytes("after")),
                new MultiOperation.Create("/b"),
                new MultiOperation.Check("/a", 0),
                new MultiOperation.Delete("/a"),
            ],
            Ct));
        Assert.Equal((ErrorCode.BadVersion, "/a"), (failed.Code, failed.Path));
        Assert.Equal("before", Text(await Client.GetDataAsync("/a", cancellationToken: Ct)));
        Assert.Null(await Client.ExistsAsync("/b", cancellationToken: Ct));
    }

    [Fact]
    public async Task Requests_are_done_in_the_order_of_the_calls()
    {
        await Client.CreateAsync("/n", cancellationToken: Ct);
        Task<Stat>[] sets = [.. Enumerable.Range(0, 500).Select(i => Client.SetDataAsync("/n", Bytes($"{i}"), i, Ct))];
        Stat[] stats = await Task.WhenAll(sets);
        Assert.Equal(Enumerable.Range(1, 500), stats.Select(s => s.Version));
    }

    [Fact]
    public async Task More_requests_than_may_be_in_flight_wait_their_turn()
    {
        ZooKeeperClient narrow = await ConnectAsync(Options with { MaxInFlight = 2 });
        Stat?[] found = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => narrow.ExistsAsync("/", cancellationToken: Ct)));
        Assert.All(found, Assert.NotNull);
    }

    [Fact]
    public async Task An_impossible_path_is_refused_before_it_is_sent()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Client.CreateAsync("a", cancellationToken: Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => Client.ExistsAsync("/a/", cancellationToken: Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => Client.GetDataAsync("/a//b", cancellationToken: Ct));
    }
}

public sealed class NodeConformanceOfTheRealServer(RealEnsemble ensemble) : NodeConformance(ensemble);

public sealed class NodeConformanceOfTheInMemoryServer(InMemoryEnsemble ensemble) : NodeConformance(ensemble);
