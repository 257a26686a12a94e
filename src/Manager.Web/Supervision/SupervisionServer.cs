using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Lockstep.Contracts.Failover;

namespace Lockstep.Manager.Web.Supervision;

/// <summary>
/// Listens on a Unix socket (mode 600) for the workers' signs of life. When one ends without a bye, or is silent for the
/// limit, it is made sure that its process is dead and its ZooKeeper session is closed at once (docs/failover.md).
/// Serves workers that an earlier manager started just as well: they connect again by themselves.
/// </summary>
internal sealed partial class SupervisionServer : IAsyncDisposable
{
    /// <summary>Silence after which a worker that does not run (stopped by a signal) is killed, unless told otherwise.</summary>
    public static readonly TimeSpan DefaultBeatLimit = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// Silence after which a worker is killed even though the system says that it runs. On a crowded machine a healthy one can
    /// be kept from the processor for longer than the short limit, and killing it would only add to the crowd.
    /// </summary>
    public static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(3);

    private const int MaxLineBytes = 16 * 1024;
    private const int Backlog = 256;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan DeathLimit = TimeSpan.FromSeconds(5);

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ConcurrentDictionary<SupervisedWorker, Socket> _workers = new();
    private readonly ConcurrentDictionary<Task, byte> _tasks = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<SupervisedWorker, Task> _closeSession;
    private readonly Action<Death> _died;
    private readonly ILogger _logger;
    private readonly BeatWatch _watch;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Task _accepting;
    private readonly Thread _watching;

    /// <summary>Starts to listen; a socket file that a dead manager left is replaced.</summary>
    /// <param name="path">Path of the socket.</param>
    /// <param name="beatLimit">Silence after which a worker is killed.</param>
    /// <param name="closeSession">Closes the session of a dead worker; must not throw.</param>
    /// <param name="died">Told when the session of a dying worker is closed, and again when its process is gone; must not throw.</param>
    /// <param name="logger">Told of deaths.</param>
    public SupervisionServer(
        string path, TimeSpan beatLimit, Func<SupervisedWorker, Task> closeSession, Action<Death> died, ILogger logger)
    {
        _closeSession = closeSession;
        _died = died;
        _logger = logger;
        _watch = new BeatWatch(beatLimit, Tick);
        File.Delete(path);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _listener.Listen(Backlog);
        _accepting = Task.Run(AcceptAsync);
        _watching = new Thread(Watch) { IsBackground = true, Name = "supervision watch", Priority = ThreadPriority.AboveNormal };
        _watching.Start();
    }

    /// <summary>True: that member is connected and lives.</summary>
    public bool IsSupervised(string group, string member) => _workers.Keys.Any(w =>
        w.Group == group && w.Member == member && w is { IsCondemned: false, HasSaidBye: false });

    /// <summary>Workers that are connected.</summary>
    public int Count => _workers.Count;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        foreach (var socket in _workers.Values)
        {
            socket.Dispose();
        }

#pragma warning disable VSTHRD003 // Started by this object itself, on the thread pool.
        await _accepting;
        await Task.WhenAll(_tasks.Keys);
#pragma warning restore VSTHRD003
        _watching.Join();
        _stop.Dispose();
    }

    private TimeSpan Now => Stopwatch.GetElapsedTime(_start);

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                Own(ServeAsync(socket));
            }
            catch (Exception closed) when (closed is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // Disposed, or a connection that was gone before it was accepted.
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var worker = new SupervisedWorker { LastBeat = Now, StalledAtBeat = _watch.Stalled };
        _workers[worker] = socket;
        try
        {
            await ReadAsync(socket, worker);
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException or OperationCanceledException or FormatException)
        {
            LogBroken(_logger, worker.Group, worker.Member, broken.Message);
        }
        finally
        {
            _workers.TryRemove(worker, out _);
            socket.Dispose();
        }

        if (!_stop.IsCancellationRequested && !worker.HasSaidBye && worker.Process.Pid > 0 && Condemn(worker))
        {
            await PutToDeathAsync(worker, wasSilent: false);
        }
    }

    private async Task ReadAsync(Socket socket, SupervisedWorker worker)
    {
        var buffer = new byte[MaxLineBytes];
        var length = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), _stop.Token);
            if (read == 0)
            {
                return;
            }

            length += read;
            var start = 0;
            int end;
            while ((end = buffer.AsSpan(start, length - start).IndexOf((byte)'\n')) >= 0)
            {
                var message = SupervisionMessageCodec.Decode(buffer.AsSpan(start, end));
                lock (worker)
                {
                    worker.Take(message);
                    worker.LastBeat = Now;
                    worker.StalledAtBeat = _watch.Stalled;
                }

                start += end + 1;
            }

            buffer.AsSpan(start, length - start).CopyTo(buffer);
            length -= start;
            if (length == buffer.Length)
            {
                throw new FormatException("A line of the supervision socket is too long.");
            }
        }
    }

    private void Watch()
    {
        while (!_stop.IsCancellationRequested)
        {
            var now = Now;
            _watch.Tick(now);
            foreach (var (worker, socket) in _workers)
            {
                bool isSilent;
                lock (worker)
                {
                    isSilent = worker.Process.Pid > 0 && !worker.HasSaidBye
                        && _watch.IsSilent(now, worker.LastBeat, worker.StalledAtBeat)
                        && (worker.Process.IsStopped || now - worker.LastBeat > HangLimit);
                }

                // Bytes that wait are beats that only the manager has not come to read.
                if (isSilent && !HasUnread(socket) && Condemn(worker))
                {
                    Own(Task.Run(() => PutToDeathAsync(worker, wasSilent: true)));
                }
            }

            _stop.Token.WaitHandle.WaitOne(Tick);
        }
    }

    private static bool HasUnread(Socket socket)
    {
        try
        {
            return socket.Available > 0;
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    private static bool Condemn(SupervisedWorker worker)
    {
        lock (worker)
        {
            if (worker.IsCondemned)
            {
                return false;
            }

            worker.IsCondemned = true;
            return true;
        }
    }

    private async Task PutToDeathAsync(SupervisedWorker worker, bool wasSilent)
    {
        var begun = Stopwatch.GetTimestamp();
        var death = new Death(
            worker.Group, worker.Member, worker.Process.Pid, wasSilent, TimeProvider.System.GetUtcNow(), null, null);
        worker.Process.Kill();
        // The kernel takes tens of milliseconds to take a large process apart. Nothing has to wait for that: the fence, not the
        // death, is what keeps the old active from writing (F1).
        if (worker.SessionId != 0)
        {
            await _closeSession(worker);
            death = death with { ClosedAt = TimeProvider.System.GetUtcNow() };
        }

        var closedMs = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        _died(death);
        while (worker.Process.IsAlive && Stopwatch.GetElapsedTime(begun) < DeathLimit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        var ms = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        LogDied(
            _logger, worker.Group, worker.Member, worker.Process.Pid, wasSilent ? "it was silent" : "its connection ended",
            death.SeenAt, closedMs, ms);
        _died(death with { DeadAt = TimeProvider.System.GetUtcNow() });
    }

    private void Own(Task task)
    {
        _tasks[task] = 0;
        _ = task.ContinueWith(
            done => _tasks.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    [LoggerMessage(EventId = 6201, Level = LogLevel.Information,
        Message = "{Group}/{Member} (pid {Pid}) died: {Why}; seen {SeenAt:HH:mm:ss.fff}, its session closed after {ClosedMs:F1} ms, gone after {Ms:F1} ms")]
    private static partial void LogDied(
        ILogger logger, string group, string member, int pid, string why, DateTimeOffset seenAt, double closedMs, double ms);

    [LoggerMessage(EventId = 6202, Level = LogLevel.Debug, Message = "Supervision of {Group}/{Member} ended: {Reason}")]
    private static partial void LogBroken(ILogger logger, string group, string member, string reason);
}
