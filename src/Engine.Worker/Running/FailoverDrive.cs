using Lockstep.Connectors;
using Lockstep.Connectors.Kafka;
using Lockstep.Connectors.Kafka.Shadows;
using Lockstep.Connectors.Snapshots;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Engine.Execution;
using Lockstep.Engine.State.Migration;
using Lockstep.Engine.Worker.Options;

namespace Lockstep.Engine.Worker.Running;

/// <summary>Drives the engine as a member of a failover group. Subscribers other than kafka get what it commits while active.</summary>
internal sealed partial class FailoverDrive : IEngineDrive
{
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new() { Timeout = FetchLimit };
    private readonly EngineMember _member;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource<RunEnd?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private Task _switching = Task.CompletedTask;

    /// <summary>Over a checked project with hotfailover.</summary>
    public FailoverDrive(
        ModelLoad load,
        WorkerOptions options,
        WorkerIdentity identity,
        IEnumerable<(WindowId Window, ISubscriber Subscriber)> subscribers,
        Action<ZooKeeperSession> onSession,
        Action onChanged,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        _logger = loggers.CreateLogger<FailoverDrive>();
        var takers = subscribers.ToList();
        _member = new EngineMember(
            HotGroup.OptionsOf(load.Project!, options.Substitutions, load.Engine!.NewEngine, identity, FetchAsync) with
            {
                Shadow = ShadowOf(load, options),
                SessionTimeout = options.SessionTimeout ?? EngineMemberOptions.DefaultSessionTimeout,
            },
            time, loggers)
        {
            Taps = [.. takers.Select(s => new WindowTap(s.Window, new Tap(this, s.Window, s.Subscriber)))],
        };
        _member.SessionChanged += onSession;
        _member.RoleChanged += change =>
        {
            foreach (var follower in takers.Select(t => t.Subscriber).OfType<IFollower>())
            {
                Place(follower, change);
            }

            onChanged();
        };
        _member.TookOver += onChanged;
        LogBuffered(_logger);
    }

    /// <inheritdoc/>
    public Task<RunEnd?> Ended => _ended.Task;

    /// <inheritdoc/>
    public void Start() => _running = RunAsync();

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        await _member.StopAsync(CancellationToken.None);
        await _running;
    }

    /// <inheritdoc/>
    public WorkerStatus Describe(WorkerStatus status)
    {
        var member = _member.Status;
        var isReachable = member.KafkaReachable && member.ZooKeeperReachable;
        return status with
        {
            State = status.State == MemberState.Running && !isReachable ? MemberState.Degraded : status.State,
            Role = member.Role,
            Reason = member.Reason ?? status.Reason,
            Znode = member.Znode,
            WatchedZnode = member.WatchedZnode,
            Epoch = member.Epoch,
            Position = member.Position,
            Behind = member.Behind,
            JournalSequence = member.JournalSequence,
            StateDigest = member.StateDigest,
            DigestSequence = member.DigestSequence,
            DigestAgrees = member.DigestAgrees,
            Alarms = member.Alarms,
            DeadLetters = member.Poisoned,
            Snapshot = member.Snapshot,
            EventsIn = member.EventsIn,
            EventsOut = member.EventsOut,
            CommitMs = member.CommitMs,
            Takeover = member.Takeover,
            Shadow = ShadowOf(member, status),
            KafkaReachable = member.KafkaReachable && status.KafkaReachable,
            ZooKeeperReachable = member.ZooKeeperReachable && status.ZooKeeperReachable,
        };
    }

    /// <inheritdoc/>
    public void SwitchOver()
    {
        if (_switching.IsCompleted)
        {
            _switching = SwitchOverAsync(null, null);
        }
    }

    /// <inheritdoc/>
    public void HandOver(string to, string modelDigest)
    {
        if (_switching.IsCompleted)
        {
            _switching = SwitchOverAsync(to, modelDigest);
        }
    }

    /// <inheritdoc/>
    public void TakeBack() => _member.TakeBack();

    /// <inheritdoc/>
    public FileStream? OpenSnapshot(long? sequence) => _member.OpenSnapshot(sequence);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _member.DisposeAsync();
        _http.Dispose();
    }

    private static void Place(IFollower follower, RoleChange change)
    {
        if (change.To == MemberRole.Active)
        {
            follower.Lead(change.Epoch);
        }
        else
        {
            follower.Rest();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            var end = await _member.RunAsync(CancellationToken.None);
            _ended.TrySetResult(new RunEnd(ExitCode.Of(end.Exit), end.Reason));
        }
#pragma warning disable CA1031 // The edge of the member: whoever awaits Ended ends the process with the defect's exit code.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            _ended.TrySetException(defect);
        }
    }

    private async Task SwitchOverAsync(string? to, string? modelDigest)
    {
        try
        {
            await _member.HandOverAsync(to, modelDigest, CancellationToken.None);
        }
        catch (InvalidOperationException refused)
        {
            LogRefused(_logger, refused.Message);
        }
    }

    private static ShadowOptions? ShadowOf(ModelLoad load, WorkerOptions options) => !options.IsShadow ? null : new ShadowOptions
    {
        Choices = options.Choices,
        Former = load.Former is not { Project: { } project, Engine: { } engine } former ? null
            : new FormerVersion(project, former.Digest, engine.NewEngine),
    };

    private static ShadowResource? ShadowOf(EngineMemberStatus member, WorkerStatus status) =>
        member.Comparison.IsEmpty && member.Migration.IsEmpty && (member.WritesDigest.Length == 0 || member.WritesDigest == status.ModelDigest)
            ? null
            : new ShadowResource(
                member.WritesDigest,
                [.. member.Migration.Select(w => new WindowStateResource(w.Window, Word(w.Outcome), w.Reason))],
                [
                    .. member.Comparison.Select(t => new TopicComparisonResource(
                        t.Topic, t.Equal, t.Different, t.Missing, t.Added, t.Uncompared,
                        t.First is { } first ? new RowDifferenceResource(first.Q, first.Live, first.Shadow) : null)),
                ]);

    private static string Word(MigrationOutcome outcome) =>
        System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(outcome.ToString());

    private async Task<Stream?> FetchAsync(string address, CancellationToken cancellation)
    {
        try
        {
            return await PeerSnapshotStream.AskAsync(_http, address, stall: null, cancellation);
        }
        catch (Exception away) when (away is HttpRequestException or UriFormatException)
        {
            LogNoSnapshot(_logger, address, away.Message);
            return null;
        }
    }

    [LoggerMessage(EventId = 7301, Level = LogLevel.Warning, Message = "No switchover: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);

    [LoggerMessage(EventId = 7302, Level = LogLevel.Information, Message = "No snapshot from {Address}: {Reason}")]
    private static partial void LogNoSnapshot(ILogger logger, string address, string reason);

    [LoggerMessage(EventId = 7303, Level = LogLevel.Information,
        Message = "Property numbufferedmsgs has no effect: standbys keep no output, they follow the journal")]
    private static partial void LogBuffered(ILogger logger);

    /// <summary>Every member applies every step; only the active one's reach a file that all share, and followers sort it out themselves.</summary>
    private sealed class Tap(FailoverDrive owner, WindowId window, ISubscriber subscriber) : IWindowOutput
    {
        public void OnBlock(WindowId produced, EventBlock block)
        {
            if (produced == window && (subscriber is IFollower || owner._member.Status.Role == MemberRole.Active))
            {
                subscriber.Take(block);
                subscriber.Flush();
            }
        }

        public void OnBadEvent(WindowId produced, string message)
        {
            // The member reports bad events itself.
        }
    }
}
