using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lockstep.Connectors;
using Lockstep.Connectors.Kafka;
using Lockstep.Connectors.Notifications;
using Lockstep.Connectors.Redis;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Engine.Worker.Options;

namespace Lockstep.Engine.Worker.Running;

/// <summary>
/// Drives one project: its engine and its connectors. Start: the engine's thread, then connectors as
/// <see cref="ConnectorSchedule"/> says. Stop: publishers first (which hand over), then what waits is evaluated, then
/// subscribers, so that nothing taken in is lost.
/// </summary>
internal sealed partial class ProjectRunner : IAsyncDisposable
{
    private readonly ModelLoad _load;
    private readonly WorkerOptions _options;
    private readonly WorkerIdentity _identity;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly StatusBoard _board;
    private readonly BlockFeed _feed = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopPublishers = new();
    private readonly CancellationTokenSource _stopSubscribers = new();
    private readonly TaskCompletionSource<RunEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(string Path, IConnector Connector, WindowId Window)> _connectors = [];
    private readonly List<(WindowId Window, ISubscriber Subscriber)> _traces = [];
    private readonly bool _isHot;
    private EventFiles? _events;
    private volatile IEngineDrive? _drive;
    private Task _running = Task.CompletedTask;
    private ImmutableArray<EndlessWait> _neverStarted = [];

    /// <summary>Over a model without errors; nothing runs yet.</summary>
    public ProjectRunner(
        ModelLoad load, WorkerOptions options, WorkerIdentity identity, StatusBoard board, TimeProvider time, ILoggerFactory loggers)
    {
        _load = load;
        _isHot = HotGroup.Is(load.Project!);
        _options = options;
        _identity = identity;
        _board = board;
        _time = time;
        _loggers = loggers;
    }

    /// <summary>Told of each new ZooKeeper session.</summary>
    public Action<ZooKeeperSession> OnSession { get; init; } = _ => { };

    /// <summary>Told of each change of role or state.</summary>
    public Action OnChanged { get; init; } = () => { };

    /// <summary>How the run ended; fails for a defect.</summary>
    public Task<RunEnd> Ended => _ended.Task;

    /// <summary>Starts the project.</summary>
    public void Start()
    {
        BuildConnectors();
        BuildTraces();
        _events = new EventFiles(_load, _options.Events, ContextOf);
        _board.Show([.. _connectors.Select(c => c.Connector), .. _events.Publishers]);
        _running = RunAsync();
    }

    /// <summary>Hands over and ends; returns when all is ended.</summary>
    public async Task StopAsync()
    {
        _asked.TrySetResult();
        await _running;
    }

    /// <summary>Gives every election up on purpose and goes on as standby.</summary>
    public void SwitchOver()
    {
        _drive?.SwitchOver();
        foreach (var (_, connector, _) in _connectors)
        {
            connector.SwitchOver();
        }
    }

    /// <summary>Gives over to a member of another version.</summary>
    public void HandOver(string to, string modelDigest) => _drive?.HandOver(to, modelDigest);

    /// <summary>Takes the group from the version that writes.</summary>
    public void TakeBack() => _drive?.TakeBack();

    /// <summary>The newest snapshot of the engine; null for a project without failover.</summary>
    public FileStream? OpenSnapshot(long? sequence) => _drive?.OpenSnapshot(sequence);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var connector in _connectors.Select(c => c.Connector).Concat(_events?.Publishers ?? []))
        {
            await connector.DisposeAsync();
        }

        _feed.Dispose();
        _stopPublishers.Dispose();
        _stopSubscribers.Dispose();
    }

    private void BuildConnectors()
    {
        var project = _load.Project!;
        if (_options.Out is { } folder)
        {
            _connectors.AddRange(WindowFiles.Create(project, _load.Engine!.Windows, folder, ContextOf));
        }

        foreach (var id in _load.Engine!.Windows)
        {
            var query = project.ContinuousQueries[id.Query];
            var window = query.Windows[id.Window];
            // These have no connector of their own in the model. A trial run without connectors sends nothing, and writes nothing outside.
            if (window is NotificationWindowDefinition)
            {
                _connectors.Add((
                    $"{query.Name}/{window.Name}",
                    new NotificationSender(
                        ContextOf(id, Implied("notification", window)), _load.Engine!.NotificationOf(id), _options.NoConnectors),
                    id));
            }
            else if (window is StateDbWriterWindowDefinition { Database.Type: StateDbType.Redis } && !_options.NoConnectors)
            {
                _connectors.Add(($"{query.Name}/{window.Name}", new RedisMirror(ContextOf(id, Implied("statedb", window))), id));
            }

            foreach (var definition in window.Connectors.Where(c => c.IsActive && !(_isHot && HotGroup.Runs(c))))
            {
                _connectors.Add((
                    $"{query.Name}/{window.Name}/{definition.Name}", ConnectorCatalog.Create(ContextOf(id, definition)), id));
            }
        }
    }

    private static ConnectorDefinition Implied(string name, WindowDefinition window) => new(
        name, name, ConnectorDirection.Subscribe, IsActive: true, ImmutableSortedDictionary<string, string>.Empty, window.Position);

    /// <summary>A member of a failover group prints no events: its results are in topics, and printing would slow them.</summary>
    private void BuildTraces()
    {
        foreach (var id in _isHot ? [] : _load.Engine!.Windows)
        {
            var query = _load.Project!.ContinuousQueries[id.Query];
            if (query.TracedWindows.Contains(query.Windows[id.Window].Name))
            {
                _traces.Add((id, new WindowTrace(_load.Engine!.NameOf(id), _load.Engine.SchemaOf(id), Console.Out)));
            }
        }
    }

    private ConnectorContext ContextOf(WindowId id, ConnectorDefinition definition)
    {
        var project = _load.Project!;
        var query = project.ContinuousQueries[id.Query];
        return new ConnectorContext
        {
            Project = project.Name,
            Model = project,
            Query = query.Name,
            Window = query.Windows[id.Window],
            WindowId = id,
            Schema = _load.Engine!.SchemaOf(id),
            Definition = definition,
            IsShared = _isHot,
            Substitutions = _options.Substitutions,
            Worker = _identity,
            Feed = _feed,
            Time = _time,
            Loggers = _loggers,
            OnSession = OnSession,
            OnChanged = OnChanged,
        };
    }

    private async Task RunAsync()
    {
        var project = _load.Project!;
        var drive = NewDrive();
        _drive = drive;
        await using var driveEnd = drive;
        _board.Show(drive.Describe);
        var logger = _loggers.CreateLogger<ProjectRunner>();
        LogStarting(logger);
        drive.Start();
        ConcurrentBag<Task> publishers = [];
        var files = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var schedule = new ConnectorSchedule(_connectors.Select(c => (c.Path, c.Connector)), project);
        foreach (var wait in schedule.NeverStarting)
        {
            LogNeverStarting(logger, wait.Reason);
        }

        var all = schedule.RunAsync(
            connector =>
            {
                if (connector is ISubscriber)
                {
                    return connector.RunAsync(_stopSubscribers.Token);
                }

                var run = connector.RunAsync(_stopPublishers.Token);
                publishers.Add(run);
                return run;
            },
            async () =>
            {
                await _events!.PublishAsync(_feed, _stopPublishers.Token);
                files.SetResult();
            },
            _isHot ? () => Task.CompletedTask : _feed.DrainedAsync,
            _stopPublishers.Token);
        var finished = _options.UntilFinished && !_isHot ? FinishedAsync(schedule, files.Task) : _asked.Task;
        await Task.WhenAny(finished, _asked.Task, drive.Ended);
        await _stopPublishers.CancelAsync();
        await Task.WhenAll(publishers);
        await files.Task;
        await FinishAsync(drive, all);
    }

    /// <summary>Ends when no publisher has more, what they gave has gone through the project, and timers had their time.</summary>
    private async Task FinishedAsync(ConnectorSchedule schedule, Task files)
    {
        await files;
        await schedule.PublishersEndedAsync();
        await _feed.DrainedAsync();
        await Task.WhenAny(Task.Delay(_options.Linger ?? LingerTime.Of(_load.Project!), _time), _asked.Task);
        if (!_asked.Task.IsCompleted)
        {
            _neverStarted = schedule.NeverStarting;
        }
    }

    private IEngineDrive NewDrive()
    {
        var subscribers = _connectors.Where(c => c.Connector is ISubscriber).Select(c => (c.Window, (ISubscriber)c.Connector))
            .Concat(_traces);
        return _isHot
            ? new FailoverDrive(_load, _options, _identity, subscribers, OnSession, OnChanged, _time, _loggers)
            : new EngineLoop(
                _load.Engine!, _feed, subscribers, _load.Project!.HeartbeatInterval, _time, _loggers.CreateLogger<EngineLoop>());
    }

    private async Task FinishAsync(IEngineDrive drive, Task all)
    {
        RunEnd? end;
        try
        {
            await drive.StopAsync();
            end = await drive.Ended;
        }
#pragma warning disable CA1031 // The edge of the run: the defect is what the run ended with, and its owner ends the process.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            await _stopSubscribers.CancelAsync();
            _ended.TrySetException(defect);
            return;
        }

        await _stopSubscribers.CancelAsync();
        await all;
        var failed = _connectors.Where(c => c.Connector.Status.State == ConnectorState.Failed)
            .Select(c => $"{c.Path}: {c.Connector.Status.Reason ?? "The connector failed."}").ToList();
        end ??= new RunEnd(ExitCode.Done, "Done.");
        if (end.Code == ExitCode.Done && (failed.Count > 0 || _events!.HasFailed))
        {
            end = new RunEnd(ExitCode.ConnectorFailed, failed.Concat(_events!.Problems).First());
        }

        if (end.Code == ExitCode.Done && _neverStarted is [var never, ..])
        {
            end = new RunEnd(ExitCode.GroupNotStarted, never.Reason);
        }

        _ended.TrySetResult(end with { Problems = [.. failed, .. _events!.Problems, .. _neverStarted.Select(w => w.Reason)] });
    }

    [LoggerMessage(EventId = 7011, Level = LogLevel.Warning, Message = "{Reason}")]
    private static partial void LogNeverStarting(ILogger logger, string reason);

    [LoggerMessage(EventId = 7010, Level = LogLevel.Information, Message = "starting esp server with 1 project(s)")]
    private static partial void LogStarting(ILogger logger);
}
