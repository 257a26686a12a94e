using System.Collections.Concurrent;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.TestKit;

namespace Lockstep.Faults.Tests.Harness;

/// <summary>How a member is started; a row changes what it needs.</summary>
/// <param name="Model">Path of its model.</param>
/// <param name="Kafka">Brokers it is told: those of a proxy, for a row that cuts it off.</param>
/// <param name="ZooKeeper">ZooKeeper it is told.</param>
/// <param name="Folder">Its folder for snapshots.</param>
internal sealed record FaultMemberOptions(string Model, string Kafka, string ZooKeeper, string Folder)
{
    /// <summary>Environment variables to set.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Further arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}

/// <summary>
/// A member of a group: a worker process under a name, which is started again when it ends (as a launcher does) unless
/// <see cref="Restarts"/> is false. Its log goes on over its lives.
/// </summary>
internal sealed class FaultMember : IAsyncDisposable
{
    /// <summary>As of a process that a signal ended.</summary>
    public const int Killed = 137;

    /// <summary>As of a member whom another has fenced (docs/reference/diagnostics.md).</summary>
    public const int Fenced = 70;

    /// <summary>As of a member that gave up its znode because Kafka took no commit of it.</summary>
    public const int GaveUp = 71;

    private static readonly TimeSpan RestartWait = TimeSpan.FromMilliseconds(100);
    private readonly string[] _arguments;
    private readonly FaultMemberOptions _options;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly ConcurrentQueue<int> _exits = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private WorkerProcess _worker;
    private Task _tending;

    public FaultMember(string name, FaultMemberOptions options, string[] arguments)
    {
        Name = name;
        _options = options;
        _arguments = arguments;
        _worker = Launch();
        _tending = Task.Run(TendAsync);
    }

    public string Name { get; }

    /// <summary>Its folder for snapshots.</summary>
    public string Folder => _options.Folder;

    /// <summary>True: a process that ends is started again.</summary>
    public bool Restarts { get; set; } = true;

    /// <summary>Called with each line of its log, on a thread of its own.</summary>
    public event Action<string>? Line;

    /// <summary>The process now.</summary>
    public WorkerProcess Worker
    {
        get
        {
            lock (_lock)
            {
                return _worker;
            }
        }
    }

    /// <summary>Exit codes of the processes that have ended, oldest first.</summary>
    public IReadOnlyList<int> Exits => [.. _exits];

    /// <summary>How many log lines have the text, over all its lives.</summary>
    public int Logged(string text) => Lines(text).Count();

    /// <summary>The log lines that have the text, over all its lives.</summary>
    public IEnumerable<string> Lines(string text) => _log.Where(l => l.Contains(text, StringComparison.Ordinal));

    /// <summary>Kills its process; it is started again if <see cref="Restarts"/> says so.</summary>
    public Task KillAsync() => Worker.KillAsync();

    /// <summary>Kills its process, which stays down until <see cref="StartAgain"/>.</summary>
    public async Task KillForGoodAsync()
    {
        Restarts = false;
        await Worker.KillAsync();
        await _tending;
    }

    /// <summary>Asks its process to end (SIGTERM) and waits; it stays down until <see cref="StartAgain"/>.</summary>
    public async Task StopForGoodAsync()
    {
        Restarts = false;
        Worker.Terminate();
        await _tending;
    }

    /// <summary>Starts it after it ended for good.</summary>
    public void StartAgain()
    {
        Assert.True(_tending.IsCompleted, $"{Name} runs.");
        Restarts = true;
        lock (_lock)
        {
            _worker = Launch();
        }

        _tending = Task.Run(TendAsync);
    }

    /// <summary>Waits until its status, over all its lives, is as wanted.</summary>
    public async Task<WorkerStatus> UntilAsync(Func<WorkerStatus, bool> wanted)
    {
        WorkerStatus? last = null;
        await Eventually.TrueAsync(
            async () => (last = await Worker.StatusAsync()) is not null && wanted(last),
            FaultGroup.SettleDeadline,
            () => $"{Name}: {last}{Environment.NewLine}{Describe()}");
        return last!;
    }

    public Task<WorkerStatus> UntilRoleAsync(MemberRole role) => UntilAsync(s => s.Role == role);

    /// <summary>
    /// Waits until a process that was active and has been replaced knows it; to be called before it goes on. What it hears first when
    /// it wakes, nobody promises: Kafka's refusal (it ends as <see cref="Fenced"/>), its own clock (<see cref="GaveUp"/>) or
    /// ZooKeeper's word that its session is gone (it steps down when nothing was computed). Each is right; one it must find by itself.
    /// </summary>
    public Task ReplacedAsync()
    {
        var before = Departures();
        return Eventually.TrueAsync(() => Departures() > before, FaultGroup.SettleDeadline, Describe);

        int Departures() => Exits.Count(e => e is Fenced or GaveUp) + Logged("role Active -> ");
    }

    /// <summary>
    /// Waits until its log, over all its lives, has a text so often, and no more often: a line may come later than a status that the
    /// same cause has changed.
    /// </summary>
    /// <param name="count">How often.</param>
    /// <param name="text">The text.</param>
    public async Task LoggedAsync(int count, string text)
    {
        await Eventually.TrueAsync(() => Logged(text) >= count, FaultGroup.SettleDeadline, () => $"'{text}' {Logged(text)} times, {Describe()}");
        Assert.True(Logged(text) == count, $"'{text}' {Logged(text)} times instead of {count}, {Describe()}");
    }

    /// <summary>Waits until it has so many snapshots on its disk.</summary>
    /// <param name="count">How many.</param>
    /// <returns>Their paths, oldest first.</returns>
    public async Task<IReadOnlyList<string>> SnapshotsAsync(int count)
    {
        var folder = Path.Combine(Folder, "snapshots");
        List<string> found = [];
        await Eventually.TrueAsync(
            () =>
            {
                found = Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.snap").Order(StringComparer.Ordinal)] : [];
                return found.Count >= count;
            },
            FaultGroup.SettleDeadline,
            Describe);
        return found;
    }

    /// <summary>Its last lines, over all its lives.</summary>
    public string Describe() =>
        $"{Name}, exits {string.Join(' ', _exits)}:{Environment.NewLine}{string.Join(Environment.NewLine, _log.TakeLast(60))}";

    public async ValueTask DisposeAsync()
    {
        Restarts = false;
        await _stop.CancelAsync();
        await Worker.DisposeAsync();
        await _tending;
        _stop.Dispose();
    }

    private WorkerProcess Launch() => WorkerProcess.Start(_arguments, _options.Environment, line =>
    {
        _log.Enqueue(line);
        Line?.Invoke(line);
    });

    private async Task TendAsync()
    {
        while (true)
        {
            try
            {
                _exits.Enqueue(await Worker.WaitForExitAsync(TimeSpan.FromHours(1)));
                if (!Restarts)
                {
                    return;
                }

                await Task.Delay(RestartWait, TimeProvider.System, _stop.Token);
            }
            catch (Exception disposed) when (disposed is OperationCanceledException or InvalidOperationException && !Restarts)
            {
                return;
            }

            lock (_lock)
            {
                _worker = Launch();
            }
        }
    }
}
