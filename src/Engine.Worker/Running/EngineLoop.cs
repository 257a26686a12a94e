using Lockstep.Connectors;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Events;
using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Worker.Running;

/// <summary>
/// The one thread that drives a project's engine when no failover member does: takes blocks from the feed, steps the engine
/// at the time of now, hands what windows put out to their subscribers, and ticks it when something is due.
/// </summary>
internal sealed partial class EngineLoop : IWindowOutput, IEngineDrive
{
    /// <summary>Bad events that are logged one by one; the rest are counted.</summary>
    public const int LoggedBadEvents = 100;

    /// <summary>Lines of scripts that are logged; a script that prints for each event must not fill a disk.</summary>
    public const int LoggedScriptLines = 10_000;

    private readonly ProjectEngine _engine;
    private readonly BlockFeed _feed;
    private readonly TimeSpan _heartbeat;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<WindowId, ISubscriber[]> _subscribers;
    private readonly ISubscriber[] _all;
    private readonly TaskCompletionSource<RunEnd?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private long _streamTime;
    private long _sequence;
    private long _eventsIn;
    private long _eventsOut;
    private long _badEvents;
    private long _scriptLines;

    /// <summary>Over an engine that nobody else calls.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="feed">Where blocks come from.</param>
    /// <param name="subscribers">Who takes what a window puts out.</param>
    /// <param name="heartbeat">Time between ticks of an idle project.</param>
    /// <param name="time">Stream time.</param>
    /// <param name="logger">Told of bad events.</param>
    public EngineLoop(
        ProjectEngine engine,
        BlockFeed feed,
        IEnumerable<(WindowId Window, ISubscriber Subscriber)> subscribers,
        TimeSpan heartbeat,
        TimeProvider time,
        ILogger logger)
    {
        _engine = engine;
        _feed = feed;
        _heartbeat = heartbeat;
        _time = time;
        _logger = logger;
        _subscribers = subscribers.GroupBy(s => s.Window).ToDictionary(g => g.Key, g => g.Select(s => s.Subscriber).ToArray());
        _all = [.. _subscribers.Values.SelectMany(s => s)];
    }

    /// <inheritdoc/>
    public Task<RunEnd?> Ended => _ended.Task;

    /// <summary>Events published into the engine.</summary>
    public long EventsIn => Interlocked.Read(ref _eventsIn);

    /// <summary>Events that left windows with a subscriber.</summary>
    public long EventsOut => Interlocked.Read(ref _eventsOut);

    /// <summary>Bad events dropped.</summary>
    public long BadEvents => Interlocked.Read(ref _badEvents);

    /// <inheritdoc/>
    public void Start() => new Thread(Run) { IsBackground = true, Name = "engine" }.Start();

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _ended.Task;
    }

    /// <inheritdoc/>
    public void OnBlock(WindowId window, EventBlock block)
    {
        if (_subscribers.TryGetValue(window, out var takers))
        {
            Interlocked.Add(ref _eventsOut, block.Count);
            foreach (var taker in takers)
            {
                taker.Take(block);
            }
        }
    }

    /// <inheritdoc/>
    public void OnBadEvent(WindowId window, string message)
    {
        if (Interlocked.Increment(ref _badEvents) <= LoggedBadEvents)
        {
            LogBadEvent(_logger, _engine.NameOf(window), message);
        }
    }

    /// <inheritdoc/>
    public void OnLog(WindowId window, string level, string message)
    {
        if (_logger.IsEnabled(LogLevel.Information) && ++_scriptLines <= LoggedScriptLines)
        {
            var name = _engine.NameOf(window);
            LogScript(_logger, name, level, message);
        }
    }

    /// <inheritdoc/>
    public WorkerStatus Describe(WorkerStatus status) =>
        EventsIn == 0 ? status : status with { EventsIn = EventsIn, EventsOut = EventsOut };

    /// <inheritdoc/>
    public void HandOver(string to, string modelDigest)
    {
        // A project by itself has nobody to give over to.
    }

    /// <inheritdoc/>
    public void TakeBack()
    {
        // Nor anybody to take from.
    }

    /// <inheritdoc/>
    public void SwitchOver()
    {
        // Nobody to give over to.
    }

    /// <inheritdoc/>
    public FileStream? OpenSnapshot(long? sequence) => null;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _stop.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Run()
    {
        try
        {
            // What counts from the start of the project, as jumping retention does, counts from here and not from the first event.
            Begin();
            while (!_stop.IsCancellationRequested || !_feed.IsEmpty)
            {
                Turn();
            }

            TickWhenDue();
            _engine.End(this);
            Flush();
            _ended.SetResult(null);
        }
#pragma warning disable CA1031 // The edge of the thread: whoever awaits Ended ends the process with the defect's exit code.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            _ended.SetException(defect);
        }
    }

    private void Turn()
    {
        if (_feed.TryTake(out var item))
        {
            Begin();
            _engine.Publish(item.Window, item.Block, this);
            _engine.Tick(this);
            Interlocked.Add(ref _eventsIn, item.Block.Count);
            _feed.Return(item);
            return;
        }

        Flush();
        if (_feed.WaitForBlock(_heartbeat, _stop.Token))
        {
            return;
        }

        TickWhenDue();
        Flush();
    }

    private void TickWhenDue()
    {
        if (_engine.NextExpiry is { } due && due <= Now())
        {
            Begin();
            _engine.Tick(this);
        }
    }

    private void Begin()
    {
        _streamTime = Math.Max(_streamTime, Now());
        _engine.Begin(new StepTime(_streamTime, 1, ++_sequence));
    }

    private void Flush()
    {
        foreach (var subscriber in _all)
        {
            subscriber.Flush();
        }
    }

    private long Now() => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    [LoggerMessage(EventId = 7201, Level = LogLevel.Error, Message = "{Window}: bad event dropped: {Why}")]
    private static partial void LogBadEvent(ILogger logger, string window, string why);

    [LoggerMessage(EventId = 7202, Level = LogLevel.Information, Message = "{Window}: script {Level}: {Line}")]
    private static partial void LogScript(ILogger logger, string window, string level, string line);
}
