using System.Collections.Concurrent;
using System.Net.Sockets;
using Lockstep.Contracts.Failover;
using Lockstep.Manager.Web.Launching;
using Lockstep.Manager.Web.Supervision;
using Lockstep.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Manager.Web.Tests;

/// <summary>
/// Supervised death with real processes (sleep) that a socket of the test speaks for: killed first, then the session is closed without waiting for its end.
/// </summary>
public sealed class SupervisionTests : IAsyncLifetime
{
    private static readonly TimeSpan BeatLimit = TimeSpan.FromMilliseconds(400);

    private readonly string _folder = Directory.CreateTempSubdirectory("lockstep-sup-").FullName;
    private readonly ConcurrentQueue<long> _closed = new();
    private SupervisionServer _server = null!;

    public ValueTask InitializeAsync()
    {
        _server = new SupervisionServer(
            Path.Combine(_folder, "s.sock"), BeatLimit,
            worker =>
            {
                _closed.Enqueue(worker.SessionId);
                return Task.CompletedTask;
            },
            _ => { }, NullLogger.Instance);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_session_of_a_worker_whose_connection_ends_is_closed_and_it_is_killed()
    {
        await using var process = ChildProcess.Start("sleep", ["600"]);
        using (var socket = Connect())
        {
            Say(socket, process.Id, SupervisionKind.Session, 4711);
            await Eventually.TrueAsync(() => _server.Count == 1);
        }

        await Eventually.TrueAsync(() => !_closed.IsEmpty);
        Assert.Equal([4711L], _closed);
        await Eventually.TrueAsync(() => ProcessIdentity.Of(process.Id) is null);
    }

    [Fact]
    public async Task A_worker_whose_beat_stops_is_killed_and_then_its_session_closed()
    {
        await using var process = ChildProcess.Start("sleep", ["600"]);
        using var socket = Connect();
        Say(socket, process.Id, SupervisionKind.Session, 12);
        await Eventually.TrueAsync(() => !_closed.IsEmpty);
        Assert.Equal([12L], _closed);
        await Eventually.TrueAsync(() => ProcessIdentity.Of(process.Id) is null);
    }

    [Fact]
    public async Task A_stopped_worker_is_killed_long_before_one_that_still_runs()
    {
        await using var stopped = ChildProcess.Start("sleep", ["600"]);
        await using var running = ChildProcess.Start("sleep", ["600"]);
        stopped.Pause();
        using var first = Connect();
        Say(first, stopped.Id, SupervisionKind.Session, 12);
        using var second = Connect();
        Say(second, running.Id, SupervisionKind.Session, 13);
        await Eventually.TrueAsync(() => _closed.Count == 2);
        Assert.Equal([12L, 13L], _closed);
    }

    [Fact]
    public async Task A_worker_that_beats_lives_and_one_that_says_bye_is_left_alone()
    {
        await using var process = ChildProcess.Start("sleep", ["600"]);
        using (var socket = Connect())
        {
            Say(socket, process.Id, SupervisionKind.Session, 5);
            for (var i = 0; i < 15; i++)
            {
                Say(socket, process.Id, SupervisionKind.Beat, 5);
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
            }

            Say(socket, process.Id, SupervisionKind.Bye, 0);
        }

        await Eventually.TrueAsync(() => _server.Count == 0);
        Assert.Empty(_closed);
        Assert.NotNull(ProcessIdentity.Of(process.Id));
    }

    [Fact]
    public void The_managers_own_stand_still_does_not_count_as_a_workers_silence()
    {
        var tick = TimeSpan.FromMilliseconds(25);
        var watch = new BeatWatch(TimeSpan.FromMilliseconds(300), tick);
        static TimeSpan At(double ms) => TimeSpan.FromMilliseconds(ms);
        watch.Tick(At(25));
        watch.Tick(At(50));
        // Nothing ran for two seconds: the worker's beats wait in the socket.
        watch.Tick(At(2050));
        Assert.False(watch.IsSilent(At(2050), At(50), TimeSpan.Zero));
        for (var at = 2075; at <= 2400; at += 25)
        {
            watch.Tick(At(at));
        }

        Assert.True(watch.IsSilent(At(2400), At(50), TimeSpan.Zero));
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Path.Combine(_folder, "s.sock")));
        return socket;
    }

    private static void Say(Socket socket, int pid, SupervisionKind kind, long session)
    {
        var message = new SupervisionMessage(kind, "g", "engine-a", pid, "i1", session, Convert.ToBase64String(new byte[16]));
        socket.Send([.. SupervisionMessageCodec.Encode(message), (byte)'\n']);
    }
}
