using System.Collections.Concurrent;
using System.Diagnostics;
using Lockstep.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.ZooKeeper.Tests.Faults;

/// <summary>What a client does when its server dies, pauses or forgets. Method: a real server of the test's own, killed and paused.</summary>
public sealed class ServerFaultTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly CancellationTokenSource _limit =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public ServerFaultTests() => _limit.CancelAfter(Limit);

    private CancellationToken Ct => _limit.Token;

    public void Dispose() => _limit.Dispose();

    [Fact]
    public async Task A_server_that_is_killed_and_restarted_finds_the_session_its_watches_and_its_candidate_again()
    {
        await using ZooKeeperServer server = await ZooKeeperServer.StartAsync(new ZooKeeperServerOptions
        {
            Settings = new Dictionary<string, string> { ["maxSessionTimeout"] = "60000" },
        });
        await using ZooKeeperClient client = await ConnectAsync(server, TimeSpan.FromSeconds(60));
        ConcurrentQueue<SessionState> states = new();
        ConcurrentQueue<string> seen = new();
        client.StateChanged += states.Enqueue;
        SessionId session = client.SessionId;
        await client.CreateAsync("/e", mode: CreateMode.Ephemeral, cancellationToken: Ct);
        await client.CreateAsync("/a", cancellationToken: Ct);
        await client.GetDataAsync("/a", e => seen.Enqueue($"once {e.Type}"), Ct);
        await client.ExistsAsync("/new", e => seen.Enqueue($"once {e.Type}"), Ct);
        await client.AddWatchAsync("/a", WatchMode.Persistent, e => seen.Enqueue($"stays {e.Type}"), Ct);
        await using ElectionNode candidate = await ElectionNode.JoinAsync(
            client, new ElectionOptions { ParentPath = "/group" }, default, TimeProvider.System, NullLogger.Instance, Ct);

        await server.KillAsync();
        await Eventually.TrueAsync(() => client.State == SessionState.Suspended, state: () => client.State);
        Assert.Equal(ElectionStanding.Unsure, candidate.Position.Standing);
        ZooKeeperException lost = await Assert.ThrowsAsync<ZooKeeperException>(
            () => client.ExistsAsync("/e", cancellationToken: Ct));
        Assert.Equal(ErrorCode.ConnectionLoss, lost.Code);

        await server.RestartAsync();
        await client.WaitConnectedAsync(Ct);
        Assert.Equal(session, client.SessionId);
        Assert.NotNull(await client.ExistsAsync("/e", cancellationToken: Ct));
        await Eventually.TrueAsync(() => candidate.Position.IsLowest, state: () => candidate.Position);
        await client.SetDataAsync("/a", new byte[] { 1 }, -1, Ct);
        await client.SetDataAsync("/a", new byte[] { 2 }, -1, Ct);
        await client.CreateAsync("/new", cancellationToken: Ct);
        Assert.Equal(
            ["once Created", "once DataChanged", "stays DataChanged", "stays DataChanged"],
            seen.Order(StringComparer.Ordinal));
        Assert.Equal([SessionState.Suspended, SessionState.Connected], states);
    }

    [Fact]
    public async Task A_client_knows_by_its_own_rule_that_it_expired_while_its_server_is_paused()
    {
        await using ZooKeeperServer server = await ZooKeeperServer.StartAsync();
        await using ZooKeeperClient client = await ConnectAsync(server, TimeSpan.FromSeconds(3));
        await using ElectionNode candidate = await ElectionNode.JoinAsync(
            client, new ElectionOptions { ParentPath = "/group" }, default, TimeProvider.System, NullLogger.Instance, Ct);
        await client.SetDataAsync("/group", new byte[] { 1 }, -1, Ct);
        server.Pause();
        long start = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(() => client.State == SessionState.Expired, state: () => client.State);
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        Assert.InRange(took.TotalMilliseconds, 2900, 20_000); // 4000 ms after it was last heard, up to 1000 ms before the pause.
        Assert.Equal(ElectionStanding.Ended, candidate.Position.Standing);
        TestContext.Current.TestOutputHelper?.WriteLine($"expired by own rule after {took.TotalMilliseconds:F0} ms");
        server.Continue();
        await using ZooKeeperClient other = await ConnectAsync(server, TimeSpan.FromSeconds(5));
        await Eventually.TrueAsync(async () => await other.ExistsAsync(candidate.Path, cancellationToken: Ct) is null);
    }

    [Fact]
    public async Task A_short_pause_of_the_server_costs_nothing_but_time()
    {
        await using ZooKeeperServer server = await ZooKeeperServer.StartAsync();
        await using ZooKeeperClient client = await ConnectAsync(server, TimeSpan.FromSeconds(9));
        server.Pause();
        Task<Stat?> asked = client.ExistsAsync("/", cancellationToken: Ct);
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, Ct);
        Assert.False(asked.IsCompleted);
        server.Continue();
        Assert.NotNull(await Eventually.CompletesAsync(asked));
    }

    [Fact]
    public async Task A_server_that_forgot_the_session_says_that_it_is_expired()
    {
        await using ZooKeeperServer server = await ZooKeeperServer.StartAsync();
        await using ZooKeeperClient client = await ConnectAsync(server, TimeSpan.FromSeconds(5));
        (SessionId session, ReadOnlyMemory<byte> password) = (client.SessionId, client.SessionPassword);
        await client.AbandonAsync();
        await server.RestartAsync(empty: true);
        ZooKeeperOptions options = Options(server, TimeSpan.FromSeconds(5)) with { SessionId = session, SessionPassword = password };
        await using ZooKeeperClient again = ZooKeeperClient.Start(options, TimeProvider.System, NullLogger.Instance);
        await Eventually.TrueAsync(() => again.State == SessionState.Expired, state: () => again.State);
    }

    [Fact]
    public async Task A_client_that_starts_before_its_server_connects_when_it_comes()
    {
        int port = FreePorts.Next();
        ZooKeeperOptions options = new() { ConnectString = $"127.0.0.1:{port}" };
        await using ZooKeeperClient client = ZooKeeperClient.Start(options, TimeProvider.System, NullLogger.Instance);
        Assert.Equal(SessionState.Connecting, client.State);
        Task<Stat?> early = client.ExistsAsync("/", cancellationToken: Ct);
        await using ZooKeeperServer server = await ZooKeeperServer.StartAsync(new ZooKeeperServerOptions { Port = port });
        Assert.NotNull(await Eventually.CompletesAsync(early));
    }

    private static ZooKeeperOptions Options(ZooKeeperServer server, TimeSpan timeout) =>
        new() { ConnectString = server.ConnectString, SessionTimeout = timeout };

    private async Task<ZooKeeperClient> ConnectAsync(ZooKeeperServer server, TimeSpan timeout)
    {
        ZooKeeperClient client = ZooKeeperClient.Start(Options(server, timeout), TimeProvider.System, NullLogger.Instance);
        await client.WaitConnectedAsync(Ct);
        return client;
    }
}
