using System.Collections.Immutable;
using Lockstep.Connectors.Kafka.Shadows;
using Lockstep.Connectors.Snapshots;
using Lockstep.Contracts.Failover;
using Lockstep.Engine.Execution;
using Lockstep.Failover;
using Lockstep.Kafka;
using Lockstep.ZooKeeper;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// One member of an engine's failover group: runs a project whose kafka connectors have hotfailover=true, over Kafka and
/// ZooKeeper (docs/failover.md). Made once, run once. What is out of reach is asked for again and named in
/// <see cref="Status"/>; it never throws for what servers do. When <see cref="RunAsync"/> returns, the process should end,
/// and be started again unless it was asked to stop.
/// </summary>
public sealed partial class EngineMember : IAsyncDisposable
{
    private readonly EngineMemberOptions _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly Mailbox _mailbox = new();
    private readonly MemberStatusBoard _board;
    private readonly AlarmBoard _alarms;
    private readonly SnapshotStore _snapshots;
    private readonly GroupTopics _topics;
    private readonly ProjectEngine _engine;
    private readonly FormerState? _former;
    private readonly ShadowComparison _comparison;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _stopAsked;

    /// <summary>Reads the project; nothing is connected yet.</summary>
    /// <param name="options">What to run.</param>
    /// <param name="time">The clock: its wall clock becomes stream time while this member is active.</param>
    /// <param name="loggers">Log lines.</param>
    /// <exception cref="ArgumentException">The project has no kafka sub connector with hotfailover=true.</exception>
    public EngineMember(EngineMemberOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time;
        _loggers = loggers;
        _logger = loggers.CreateLogger<EngineMember>();
        _engine = options.NewEngine();
        _topics = GroupTopics.Of(options.Project, _engine, options.Group);
        _alarms = new AlarmBoard(time);
        _snapshots = new SnapshotStore(
            Path.Combine(options.Folder, "snapshots"), _topics.Group, options.ModelDigest, options.Limits.SnapshotsKept, _alarms, _logger);
        _former = options.Shadow?.Former is null ? null : new FormerState(options, _topics, _engine, _alarms, _logger);
        _comparison = new ShadowComparison(
            _topics, [.. _topics.Outbound.Select(t => _engine.SchemaOf(t.Window)), .. _former?.Schemas ?? []]);
        if (options.Shadow is not null)
        {
            _comparison.TurnOn();
        }

        _board = new MemberStatusBoard(_alarms, change => RoleChanged?.Invoke(change), () => TookOver?.Invoke());
    }

    /// <summary>Told of each change of role, in order, on the engine's thread; must return at once.</summary>
    public event Action<RoleChange>? RoleChanged;

    /// <summary>Told when the first results after a takeover are committed, on the engine's thread; must return at once.</summary>
    public event Action? TookOver;

    /// <summary>Told of each new ZooKeeper session, for whoever supervises this process; from any thread, must return at once.</summary>
    public event Action<ZooKeeperSession>? SessionChanged;

    /// <summary>What it says about itself now; any thread.</summary>
    public EngineMemberStatus Status => _board.Status;

    /// <summary>Others who want what windows put out; set before <see cref="RunAsync"/>.</summary>
    public ImmutableArray<WindowTap> Taps { get; set; } = [];

    /// <summary>Test hook: called on the commit thread between a commit's decision and its sending.</summary>
    internal Action<JournalCommit>? BeforeSend { get; set; }

    /// <summary>Runs until it is asked to stop, or its life ends for another reason.</summary>
    /// <param name="cancellation">Asks it to stop, as <see cref="StopAsync"/> does.</param>
    /// <returns>Why it ended.</returns>
    public async Task<EngineMemberEnd> RunAsync(CancellationToken cancellation)
    {
        await using var asked = cancellation.Register(AskToStop).ConfigureAwait(false);
        try
        {
            return await RunMemberAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return new EngineMemberEnd(FailoverExit.Stopped, "Asked to stop.");
        }
        catch (FailoverInvariantException broken)
        {
            LogBroken(_logger, broken, _topics.Group, broken.Name);
            return new EngineMemberEnd(FailoverExit.Inconsistent, broken.Message);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    /// <summary>Gives over to another member and goes on as standby; returns when this member is standby.</summary>
    /// <param name="to">Name of the member meant to go on; null for whoever is next.</param>
    /// <param name="cancellation">Ends the wait, not the switchover.</param>
    /// <exception cref="InvalidOperationException">It can't be done; the message says why.</exception>
    public Task SwitchoverAsync(string? to, CancellationToken cancellation) => HandOverAsync(to, null, cancellation);

    /// <summary>
    /// Gives over to a shadow, whose version goes on from there; returns when this member is its shadow. When no member of that
    /// version begins within <see cref="FailoverTimings.HandoverLimit"/>, this version takes the group back.
    /// </summary>
    /// <param name="to">Name of the member meant to go on; null for whoever of the version is next.</param>
    /// <param name="modelDigest">Digest of that version; null or this member's own: an ordinary switchover.</param>
    /// <param name="cancellation">Ends the wait, not the handover.</param>
    /// <exception cref="InvalidOperationException">It can't be done; the message says why.</exception>
    public async Task HandOverAsync(string? to, string? modelDigest, CancellationToken cancellation)
    {
        var ended = _board.NextSwitchoverAsync();
        _mailbox.Post(new FailoverInput.SwitchoverAsked(to, modelDigest));
        if (await ended.WaitAsync(cancellation).ConfigureAwait(false) is { } refused)
        {
            throw new InvalidOperationException(refused);
        }
    }

    /// <summary>
    /// Takes the group from the version that writes without its consent: for when that can't give over any more. Only a shadow
    /// does; the fence decides.
    /// </summary>
    public void TakeBack() => _mailbox.Post(new FailoverInput.TakeBackAsked());

    /// <summary>Asks it to stop, an active giving over first, and waits until it has.</summary>
    /// <param name="cancellation">Ends the wait, not the stop.</param>
    public Task StopAsync(CancellationToken cancellation)
    {
        AskToStop();
#pragma warning disable VSTHRD003 // Completed by RunAsync; continuations run elsewhere.
        return _ended.Task.WaitAsync(cancellation);
#pragma warning restore VSTHRD003
    }

    /// <summary>A snapshot of this member as a file for a peer; null for none. The caller disposes of it.</summary>
    /// <param name="sequence">Its journal sequence; null for the newest.</param>
    public FileStream? OpenSnapshot(long? sequence = null) => _snapshots.Open(sequence);

    /// <summary>Ends everything at once, without giving over; <see cref="RunAsync"/> returns.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _mailbox.Post(() => throw new OperationCanceledException());
    }

    private void AskToStop()
    {
        _stopAsked = true;
        _mailbox.Post(new FailoverInput.StopAsked());
    }

    private async Task<EngineMemberEnd> RunMemberAsync()
    {
        using var admin = new TopicAdmin(_options.Bus, _loggers.CreateLogger<TopicAdmin>());
        var committed = new CommittedEnds(
            _options.Bus, [_topics.Journal, .. _topics.Outbound.Select(t => t.Name)], _loggers.CreateLogger<CommittedEnds>());
        await using var committedEnd = committed.ConfigureAwait(false);
        var control = new MemberControl(_options, _topics, _snapshots, _former?.Snapshots, _alarms, admin, committed, _time, _logger);
        foreach (var connector in _topics.Inbound.Select(t => t.Connector).Concat(_topics.Outbound.Select(t => t.Connector)))
        {
            LogState(_logger, connector, "running");
        }

        var takeover = new TakeoverClock(_time, _logger);
        var journal = new KafkaJournal(
            _options, _topics, Metadata(), admin, _mailbox.Post, takeover, _time, _loggers)
        { BeforeSend = BeforeSend };
        await using var journalEnd = journal.ConfigureAwait(false);
        var membership = new ZooKeeperGroupMembership(
            new MembershipOptions(
                _options.ZooKeeper, _options.SessionTimeout, ZnodePath.Engines(_topics.Group),
                new ZnodeContent(
                    _options.Member, _options.Incarnation, MemberRole.Standby, 0, _options.ModelDigest, _options.Address,
                    Environment.ProcessId)),
            new MembershipOwner(
                _mailbox.Post, session => SessionChanged?.Invoke(session), takeover.ZnodeGone,
                defect => _mailbox.Post(() => throw new InvalidOperationException("The member's part in the election failed.", defect))),
            _time, _loggers.CreateLogger<ZooKeeperClient>());
        await using var membershipEnd = membership.ConfigureAwait(false);

        var traits = await PrepareAsync(control).ConfigureAwait(false);
        journal.IsUnfenced = _board.IsUnfenced = traits.IsUnfenced;
        journal.Nudges = traits is { IsUnfenced: false, Brokers: > 1 };
        if (journal.IsUnfenced)
        {
            LogUnfenced(_logger, _topics.Group);
        }

        var parts = new MemberParts(
            _options, _topics, _mailbox, journal, membership, control, _snapshots, _alarms, takeover, Taps, _time, _loggers)
        {
            Comparison = _comparison,
            Former = _former,
        };
        var watching = WatchKafkaAsync(control);
        try
        {
            return await OnThreadAsync(() =>
            {
                using var loop = new MemberLoop(parts, _engine, _board, _stop.Token);
                return loop.Run();
            }).ConfigureAwait(false);
        }
        finally
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }
    }

    private async Task<ClusterTraits> PrepareAsync(MemberControl control)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        void Waits(string reason)
        {
            _board.Waits(reason);
            if (_stopAsked)
            {
                limit.Cancel();
            }
        }

        try
        {
            var traits = await control.PrepareAsync(Waits, limit.Token).ConfigureAwait(false);
            _board.KafkaReachable = true;
            return traits;
        }
        catch (OperationCanceledException)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task WatchKafkaAsync(MemberControl control)
    {
        using var beat = new PeriodicTimer(_options.Limits.RetryWait * 2, _time);
        try
        {
            while (await beat.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                _board.KafkaReachable = await control.IsReachableAsync(_stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The member ends.
        }
    }

    /// <summary>Schema and model of each outbound window, for whoever reads the topics.</summary>
    private IReadOnlyList<OutboundRow> Metadata() =>
    [
        .. _topics.Inbound.Select(t => (t.WindowPath, t.Window)).Concat(_topics.Outbound.Select(t => (t.WindowPath, t.Window)))
            .Select(path => new OutboundRow(
                System.Text.Encoding.UTF8.GetBytes($"{_options.Project.Name}/{path.WindowPath}"),
                MetadataRecordCodec.Encode(new MetadataRecord(
                    $"{_options.Project.Name}/{path.WindowPath}", _engine.SchemaOf(path.Window).ToString(),
                    _options.ModelDigest, _options.Version)))),
    ];

    /// <summary>Runs on a thread of its own, which is the engine's.</summary>
    private static Task<EngineMemberEnd> OnThreadAsync(Func<EngineMemberEnd> run)
    {
        var end = new TaskCompletionSource<EngineMemberEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                end.TrySetResult(run());
            }
#pragma warning disable CA1031 // Outermost edge of the engine's thread: handed to whoever awaits the member.
            catch (Exception defect)
            {
                end.TrySetException(defect);
            }
#pragma warning restore CA1031
        })
        { IsBackground = true, Name = "engine" };
        thread.Start();
        return end.Task;
    }

    [LoggerMessage(EventId = 5100, Level = LogLevel.Information,
        Message = "dfESPconnector::setState(): Connector {Name} in group default has new state: {State}")]
    private static partial void LogState(ILogger logger, string name, string state);

    [LoggerMessage(EventId = 5104, Level = LogLevel.Warning,
        Message = "Group {Group}: in memory, unfenced: these brokers keep nothing and can't fence; for trying things out")]
    private static partial void LogUnfenced(ILogger logger, string group);

    [LoggerMessage(EventId = 5105, Level = LogLevel.Critical, Message = "Group {Group}: {Invariant} does not hold, the member ends")]
    private static partial void LogBroken(ILogger logger, Exception broken, string group, string invariant);
}
