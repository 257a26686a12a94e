using Lockstep.Connectors.Snapshots;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Engine.Execution;
using Lockstep.Engine.State.Migration;
using Lockstep.Failover;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// A member's engine thread: it alone touches engine and state machine. It drains what has come, steps the machine, carries
/// out the effects in order, lets <see cref="MemberFollower"/> follow the journal or <see cref="MemberPublisher"/> compute
/// steps, and never waits for the network.
/// </summary>
internal sealed partial class MemberLoop : IDisposable
{
    private static readonly TimeSpan TimerInterval = TimeSpan.FromMilliseconds(50);

    private readonly MemberParts _parts;
    private readonly Mailbox _mailbox;
    private readonly ILogger _logger;
    private readonly MemberCore _core;
    private readonly MemberPublisher _publisher;
    private readonly MemberFollower _follower;
    private TimeSpan _nextTimer;
    private int _standbys;

    public MemberLoop(MemberParts parts, ProjectEngine engine, MemberStatusBoard board, CancellationToken cancellation)
    {
        _parts = parts;
        _mailbox = parts.Mailbox;
        _logger = parts.Loggers.CreateLogger<EngineMember>();
        _core = new MemberCore(parts, engine, board, Give, cancellation);
        _publisher = new MemberPublisher(_core);
        _follower = new MemberFollower(_core, _publisher);
    }

    /// <summary>Runs until the member's life ends.</summary>
    public EngineMemberEnd Run()
    {
        _core.Questions.FindStart(SnapshotRange.All, Start, CannotRecover);
        while (_core.End is null)
        {
            var worked = Drain() | _follower.Follow() | _publisher.Publish();
            Timers();
            _follower.Answer();
            if (!worked && _core.End is null)
            {
                _mailbox.Wait(Patience());
            }
        }

        return _core.End;
    }

    /// <summary>Ends the readers.</summary>
    public void Dispose() => _core.Dispose();

    private bool Drain()
    {
        var worked = false;
        while (_core.End is null && _mailbox.TryTake(out var item))
        {
            worked = true;
            if (item is FailoverInput input)
            {
                Give(input);
            }
            else
            {
                ((Action)item)();
            }
        }

        return worked;
    }

    private void Give(FailoverInput input)
    {
        if (input is FailoverInput.CommitEnded { Outcome: CommitOutcome.Done } done)
        {
            _publisher.CommitEnded(done.Sequence);
        }

        var sent = input is FailoverInput.CommitEnded { Outcome: CommitOutcome.Done } ? _core.State.Pending.FirstOrDefault() : null;
        (_core.State, var effects) = FailoverStateMachine.Next(_core.State, _core.Now, input);
        foreach (var effect in effects)
        {
            Do(effect);
        }

        if (sent is not null)
        {
            Time(sent);
        }

        _publisher.DeliverCommitted();
        _core.Feeds.EnsureInbound(_core.State.Cursor);
    }

    private void Time(JournalCommit ended)
    {
        if (ended.Record.Kind == JournalRecordKind.EpochStart)
        {
            _parts.Takeover.EpochStarted(ended.Record.Epoch);
        }

        if (!ended.Outputs.IsEmpty && _parts.Takeover.FirstResult(_parts.Topics.Group))
        {
            ShowStatus();
            _core.Board.TookOver();
        }
    }

    private void Do(FailoverEffect effect)
    {
        switch (effect)
        {
            case FailoverEffect.JoinElection: _parts.Membership.Join(); break;
            case FailoverEffect.LeaveElection: _parts.Membership.Leave(); break;
            case FailoverEffect.ConfirmLeadership x: _parts.Membership.Confirm(x.Attempt); break;
            case FailoverEffect.Fence x: _parts.Journal.Fence(x.Attempt); break;
            case FailoverEffect.ApplyToEnd x: _follower.AskEnds(x.Attempt); break;
            case FailoverEffect.RepeatTorn x: _follower.ExpectTorn(x.Stamp); break;
            case FailoverEffect.ComputeFirst x: _publisher.ComputeFirst(x); break;
            case FailoverEffect.Commit x: _publisher.Commit(x); break;
            case FailoverEffect.OpenGate: _publisher.OpenGate(); break;
            case FailoverEffect.CloseGate: _publisher.CloseGate(); break;
            case FailoverEffect.DisposeProducer: _parts.Journal.DisposeProducer(); break;
            case FailoverEffect.Rebuild x: Rebuild(x.Reason); break;
            case FailoverEffect.ReportRole x: ReportRole(x); break;
            case FailoverEffect.RefuseSwitchover x: _core.Board.SwitchoverEnded(x.Reason); break;
            case FailoverEffect.End x: End(x); break;
        }
    }

    /// <summary>Throws the state away; where to begin again is asked, from above what did not reach.</summary>
    private void Rebuild(string reason)
    {
        LogRebuild(_logger, _parts.Topics.Group, reason);
        _follower.Reset();
        _publisher.Reset();
        // A peer's snapshots are taken where its digest was the journal's: they are good whatever happened here.
        var range = _core.Feeds.Diverged > 0
            ? new SnapshotRange(-1, _core.Feeds.AgreedSequence, long.MaxValue)
            : new SnapshotRange(_core.State.Cursor.Sequence, long.MaxValue, long.MaxValue);
        _core.Feeds.Close();
        if (_core.Feeds.BeganOtherwise)
        {
            _core.Feeds.BeganOtherwise = false;
            _parts.Snapshots.Clear();
            _core.Questions.FindStart(new SnapshotRange(0, 0, long.MaxValue) { OwnVersionOnly = true }, Start, () => CannotRecover(reason));
            return;
        }

        if (_core.Feeds.Diverged > 1)
        {
            CannotRecover(reason + " It did so again after a rebuild: the model or this machine is not deterministic.");
            return;
        }

        _core.Questions.FindStart(range, Start, () => CannotRecover(reason));
    }

    private void CannotRecover() => CannotRecover("No way to recover was found.");

    private void CannotRecover(string reason) =>
        Give(new FailoverInput.CannotRecover($"{reason} No snapshot that reaches further was found here or at a peer."));

    /// <summary>Begins to follow the journal from a snapshot, or from nothing.</summary>
    private void Start(MemberStart start)
    {
        var engine = _parts.Options.NewEngine();
        var snapshot = start.Snapshot;
        if (snapshot is not null && !_parts.Snapshots.Restore(snapshot, engine))
        {
            // The damaged file was reported; the next older one, or the journal, takes its place.
            engine.Release();
            _core.Questions.FindStart(new SnapshotRange(-1, snapshot.Sequence - 1, snapshot.Sequence - 1), Start, CannotRecover);
            return;
        }

        var former = snapshot is null ? start.Former : null;
        if (former is not null && !TryMigrate(former, engine))
        {
            engine.Release();
            return;
        }

        // Processes of its scripts would stay until the member ends.
        _core.Engine.Release();
        _core.Engine = engine;
        var cursor = snapshot?.Cursor ?? (former is null ? null : _parts.Former!.CursorOf(former))
            ?? JournalCursor.Start(_parts.Topics.Inbound.Length, _parts.Topics.Outbound.Length);
        LogStart(_logger, _parts.Topics.Group, cursor.Sequence, start.JournalStart);
        _core.Feeds.Open(start);
        Give(new FailoverInput.StateRestored(cursor));
        if (former is not null)
        {
            // Other members of this version may need it: what was decided is not in the journal.
            _core.SnapshotIfDue(TimeSpan.Zero);
        }
    }

    /// <summary>False: there will be another try, or a person must decide; the status says what.</summary>
    private bool TryMigrate(SnapshotHeader former, ProjectEngine engine)
    {
        if (!_parts.Former!.Plan.IsPossible)
        {
            CannotRecover($"The state of the version before can't be taken over. {_parts.Former.Plan.Problem}");
            return false;
        }

        if (_parts.Former.Restore(former, engine))
        {
            foreach (var window in _parts.Former.Plan.Windows)
            {
                LogMigrated(_logger, _parts.Topics.Group, former.Sequence, window.Window, window.Outcome, window.Reason);
            }

            return true;
        }

        _core.Questions.FindStart(new SnapshotRange(former.Sequence, long.MaxValue, long.MaxValue), Start, CannotRecover);
        return false;
    }

    private void Timers()
    {
        if (_core.Now < _nextTimer || _core.End is not null)
        {
            return;
        }

        _nextTimer = _core.Now + TimerInterval;
        Give(new FailoverInput.TimePassed());
        if (_core.State.Role == MemberRole.Recovering && _core.Feeds.Journal is not null)
        {
            if (_core.Questions.JoinEnd is { } end)
            {
                if (!_follower.IsMidway && _core.Feeds.HasReached(end, []))
                {
                    _core.Questions.ForgetJoinEnd();
                    Give(new FailoverInput.CaughtUp());
                }
            }
            else
            {
                _core.Questions.AskJoinEnd();
            }
        }

        if (_core.State.Role is MemberRole.Standby or MemberRole.Shadow && _core.Feeds.Journal?.Waiting is { } behind
            && behind > _parts.Options.Limits.StandbyBehind)
        {
            Give(new FailoverInput.FellBehind(behind));
        }

        // Nobody else takes snapshots for a member that is alone; it takes them between two steps.
        if (_core.State is { GateOpen: true, Candidates: < 2, Pending.IsEmpty: true } && !_core.Step.IsOpen)
        {
            // In-memory brokers keep the journal for minutes: a member that comes back must not need its beginning.
            var limits = _parts.Options.Limits;
            _core.SnapshotIfDue(_parts.Journal.IsUnfenced ? limits.SnapshotInterval : limits.LoneSnapshotInterval);
        }

        ShowStatus();
    }

    private void ShowStatus()
    {
        _core.Board.Show(_core.State, _core.Feeds, _core.DeadLetters, _parts);
        if (_core.Feeds.Findings is > 0 and var findings)
        {
            _parts.Alarms.Raise(AlarmCode.OutboundFindings, _parts.Topics.Group,
                $"{findings} records of the outbound topics are foreign, repeated or missing; the member's log names each.");
        }
    }

    private void ReportRole(FailoverEffect.ReportRole effect)
    {
        var topic = _core.State.Cursor.InboundNext;
        var id = topic.Length > 0 && topic[0] > 0 ? $"0:{topic[0] - 1}" : "";
        LogRole(_logger, _parts.Topics.Group, effect.From, effect.To, effect.Reason, id, effect.Epoch.Value);
        if (effect.To == MemberRole.Acquiring)
        {
            _parts.Takeover.Begin();
        }
        else if (effect.To == MemberRole.Active)
        {
            LogActive(_logger);
        }
        else if (effect.To is MemberRole.Standby or MemberRole.Shadow)
        {
            if (effect.To == MemberRole.Standby)
            {
                LogStandby(_logger);
            }

            KeepWarm();
        }

        _parts.Membership.Write(effect.To, effect.Epoch);
        ShowStatus();
        _core.Board.RoleChanged(new RoleChange(effect.From, effect.To, effect.Reason, effect.Epoch.Value, id));
    }

    /// <summary>As long as it stays this very time a standby.</summary>
    private void KeepWarm()
    {
        var number = ++_standbys;
        if (number == 1)
        {
            _core.Questions.Rehearse();
        }

        _core.Questions.KeepWarm(() => Volatile.Read(ref _standbys) == number
            && _core.Board.Status.Role is not (MemberRole.Acquiring or MemberRole.Active));
    }

    private void End(FailoverEffect.End effect)
    {
        if (effect.Exit == FailoverExit.Stopped && _core.State is { IsAhead: false, IsSpoilt: false, Cursor.Sequence: > 0 }
            && !_follower.IsMidway)
        {
            _core.LastSnapshot();
        }

        _core.End = effect.Exit == FailoverExit.Stopped && _core.Poison is { } poison
            ? new EngineMemberEnd(FailoverExit.Poisoned, poison)
            : new EngineMemberEnd(effect.Exit, effect.Reason);
        LogEnd(_logger, _parts.Topics.Group, _core.End.Exit, _core.End.Reason);
    }

    private TimeSpan Patience() => _core.State.GateOpen
        ? Min(_publisher.Patience(), TimerInterval)
        : TimerInterval;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    [LoggerMessage(EventId = 5190, Level = LogLevel.Information,
        Message = "Group {Group}: role {From} -> {To}: {Reason} Message id {MessageId}, epoch {Epoch}")]
    private static partial void LogRole(
        ILogger logger, string group, MemberRole from, MemberRole to, string reason, string messageId, long epoch);

    [LoggerMessage(EventId = 5191, Level = LogLevel.Information,
        Message = "dfESPkafkaConnector::goActive(): Hot failover state switched to active")]
    private static partial void LogActive(ILogger logger);

    [LoggerMessage(EventId = 5192, Level = LogLevel.Information,
        Message = "dfESPkafkaConnector::start(): Hot failover state switched to standby")]
    private static partial void LogStandby(ILogger logger);

    [LoggerMessage(EventId = 5197, Level = LogLevel.Information,
        Message = "Group {Group}: state of the version before at journal sequence {Sequence}: {Window}: {Outcome}: {Reason}")]
    private static partial void LogMigrated(
        ILogger logger, string group, long sequence, string window, MigrationOutcome outcome, string reason);

    [LoggerMessage(EventId = 5193, Level = LogLevel.Information, Message = "Group {Group}: the member ends: {Exit}: {Reason}")]
    private static partial void LogEnd(ILogger logger, string group, FailoverExit exit, string reason);

    [LoggerMessage(EventId = 5195, Level = LogLevel.Warning, Message = "Group {Group}: the state is thrown away: {Reason}")]
    private static partial void LogRebuild(ILogger logger, string group, string reason);

    [LoggerMessage(EventId = 5196, Level = LogLevel.Information,
        Message = "Group {Group}: follows the journal from sequence {Sequence}, offset {Offset}")]
    private static partial void LogStart(ILogger logger, string group, long sequence, long offset);
}
