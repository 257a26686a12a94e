using System.Collections.Concurrent;
using System.Diagnostics;
using Lockstep.TestKit;

namespace Lockstep.ZooKeeper.Tests.Conformance;

/// <summary>How sessions begin, move and end. Method: several clients, one of which takes or closes the session of another.</summary>
public abstract class SessionConformance(ITestEnsemble ensemble) : EnsembleTest(ensemble)
{
    [Fact]
    public async Task The_server_grants_a_timeout_within_its_limits()
    {
        ZooKeeperClient shortest = await ConnectAsync(Options with { SessionTimeout = TimeSpan.FromMilliseconds(1) });
        Assert.Equal(TimeSpan.FromMilliseconds(1000), shortest.NegotiatedTimeout);
        Assert.Equal(TimeSpan.FromSeconds(6), Client.NegotiatedTimeout);
        Assert.False(Client.SessionId.IsNone);
        Assert.Equal(16, Client.SessionPassword.Length);
    }

    [Fact]
    public async Task States_are_told_in_order()
    {
        ConcurrentQueue<SessionState> states = new();
        ZooKeeperClient other = Start(Options);
        other.StateChanged += states.Enqueue;
        await other.WaitConnectedAsync(Ct);
        await other.DisposeAsync();
        Assert.Equal(SessionState.Closed, states.Last());
        Assert.Equal(SessionState.Closed, other.State);
        await FailsAsync(ErrorCode.ConnectionLoss, other.ExistsAsync("/", cancellationToken: Ct));
        await Assert.ThrowsAsync<ZooKeeperException>(() => other.WaitConnectedAsync(Ct));
    }

    [Fact]
    public async Task Requests_made_before_the_first_connection_wait_for_it()
    {
        ZooKeeperClient other = Start(Options);
        Assert.NotNull(await other.ExistsAsync("/", cancellationToken: Ct));
    }

    [Fact]
    public async Task An_idle_session_lives_on()
    {
        ZooKeeperClient idle = await ConnectAsync(Options with { SessionTimeout = TimeSpan.FromMilliseconds(1500) });
        await idle.CreateAsync("/e", mode: CreateMode.Ephemeral, cancellationToken: Ct);
        await Task.Delay(TimeSpan.FromMilliseconds(5000), TimeProvider.System, Ct); // More than three session time-outs.
        Assert.NotNull(await Client.ExistsAsync("/e", cancellationToken: Ct));
        Assert.Equal(SessionState.Connected, idle.State);
    }

    [Fact]
    public async Task Ephemerals_go_with_their_closed_session()
    {
        Seen seen = new();
        ZooKeeperClient other = await ConnectAsync();
        await other.CreateAsync("/e", mode: CreateMode.Ephemeral, cancellationToken: Ct);
        await Client.ExistsAsync("/e", seen.Watch, Ct);
        await other.DisposeAsync();
        await seen.IsAsync("Deleted /e");
    }

    [Fact]
    public async Task Closing_another_clients_session_removes_its_ephemerals_at_once()
    {
        ZooKeeperClient victim = await ConnectAsync();
        await victim.CreateAsync("/e", mode: CreateMode.Ephemeral, cancellationToken: Ct);
        TaskCompletionSource<TimeSpan> told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        long start = 0;
        await Client.ExistsAsync("/e", _ => told.TrySetResult(Stopwatch.GetElapsedTime(start)), Ct);
        start = Stopwatch.GetTimestamp();
        bool closed = await ZooKeeperClient.CloseSessionAsync(Options, victim.SessionId, victim.SessionPassword, Ct);
        TimeSpan took = await Eventually.CompletesAsync(told.Task);
        Assert.True(closed);
        Assert.True(took < TimeSpan.FromSeconds(1), $"Watchers were told after {took.TotalMilliseconds} ms.");
        TestContext.Current.TestOutputHelper?.WriteLine($"closed and told in {took.TotalMilliseconds:F1} ms");
        await Eventually.TrueAsync(() => victim.State == SessionState.Expired, state: () => victim.State);
        await FailsAsync(ErrorCode.SessionExpired, victim.ExistsAsync("/", cancellationToken: Ct));
    }

    [Fact]
    public async Task A_session_that_is_over_or_whose_password_is_wrong_is_not_closed()
    {
        ZooKeeperClient other = await ConnectAsync();
        CreateResult own = await other.CreateAsync("/e", mode: CreateMode.Ephemeral, cancellationToken: Ct);
        Assert.False(await ZooKeeperClient.CloseSessionAsync(Options, other.SessionId, new byte[16], Ct));
        Assert.NotNull(await Client.ExistsAsync(own.Path, cancellationToken: Ct));
        await Eventually.TrueAsync(() => other.State == SessionState.Connected); // A real server disconnects it first.
        (SessionId id, ReadOnlyMemory<byte> password) = (other.SessionId, other.SessionPassword);
        await other.DisposeAsync();
        Assert.False(await ZooKeeperClient.CloseSessionAsync(Options, id, password, Ct));
    }

    [Fact]
    public async Task A_session_can_be_gone_on_with_by_another_client()
    {
        ZooKeeperClient first = await ConnectAsync();
        await first.CreateAsync("/e", mode: CreateMode.Ephemeral, cancellationToken: Ct);
        await first.AbandonAsync();
        ZooKeeperClient second = await ConnectAsync(
            Options with { SessionId = first.SessionId, SessionPassword = first.SessionPassword });
        Assert.Equal(first.SessionId, second.SessionId);
        Assert.NotNull(await second.ExistsAsync("/e", cancellationToken: Ct));
    }

    [Fact]
    public async Task A_one_shot_watch_tells_what_happened_while_its_client_was_disconnected()
    {
        Seen seen = new();
        ZooKeeperClient watcher = await ConnectAsync();
        await Client.CreateAsync("/a", cancellationToken: Ct);
        await watcher.GetDataAsync("/a", seen.Watch, Ct);
        await watcher.ExistsAsync("/b", seen.Watch, Ct);
        ZooKeeperClient taker = await ConnectAsync(
            Options with { SessionId = watcher.SessionId, SessionPassword = watcher.SessionPassword });
        await Client.SetDataAsync("/a", Bytes("1"), -1, Ct);
        await Client.CreateAsync("/b", cancellationToken: Ct);
        await taker.AbandonAsync();
        await Eventually.TrueAsync(() => seen.Events.Count == 2, state: () => string.Join(", ", seen.Events));
        Assert.Equal(["Created /b", "DataChanged /a"], seen.Events.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_session_that_is_over_cannot_be_gone_on_with()
    {
        ZooKeeperClient first = await ConnectAsync();
        ZooKeeperOptions again = Options with { SessionId = first.SessionId, SessionPassword = first.SessionPassword };
        await first.DisposeAsync();
        ZooKeeperClient second = Start(again);
        await Eventually.TrueAsync(() => second.State == SessionState.Expired, state: () => second.State);
        await FailsAsync(ErrorCode.SessionExpired, second.WaitConnectedAsync(Ct));
    }

    [Fact]
    public async Task An_unreachable_server_of_several_is_passed_over()
    {
        string several = $"127.0.0.1:{FreePorts.Next()},{Options.ConnectString}";
        ZooKeeperClient other = await ConnectAsync(Options with { ConnectString = several });
        Assert.NotNull(await other.ExistsAsync("/", cancellationToken: Ct));
    }
}

public sealed class SessionConformanceOfTheRealServer(RealEnsemble ensemble) : SessionConformance(ensemble);

public sealed class SessionConformanceOfTheInMemoryServer(InMemoryEnsemble ensemble) : SessionConformance(ensemble);
