using System.Collections.Immutable;
using Lockstep.Contracts.Failover;
using Lockstep.Engine.Execution;
using Lockstep.Failover;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>What a loop is built from; one owner each.</summary>
internal sealed record MemberParts(
    EngineMemberOptions Options, GroupTopics Topics, Mailbox Mailbox, KafkaJournal Journal, ZooKeeperGroupMembership Membership,
    MemberControl Control, SnapshotStore Snapshots, ImmutableArray<WindowTap> Taps, TimeProvider Time, ILoggerFactory Loggers);

/// <summary>
/// A member's engine thread: it alone touches engine and state machine. It drains what has come, steps the machine, carries
/// out the effects in order, follows the journal or computes steps, and never waits for the network.
/// </summary>
internal sealed partial class MemberLoop : IDisposable
{
    private static readonly TimeSpan TimerInterval = TimeSpan.FromMilliseconds(50);

    private readonly MemberParts _parts;
    private readonly Mailbox _mailbox;
    private readonly ILogger _logger;
    private readonly long _started;
    private readonly StepBuilder _step;
    private readonly StepComputer _computer;
    private readonly MemberFeeds _feeds;
    private readonly MemberStatusBoard _board;
    private readonly MemberQuestions _questions;
    private readonly Queue<Uncommitted> _uncommitted = new();
    private readonly JournalFollower _follower;
    private FailoverState _state;
    private ProjectEngine _engine;
    private OutboundStamp? _torn;
    private AskedEnds? _ends;
    private TimeSpan _nextTimer;
    private TimeSpan _lastSnapshot;
    private EngineMemberEnd? _end;

    public MemberLoop(MemberParts parts, ProjectEngine engine, MemberStatusBoard board, CancellationToken cancellation)
    {
        _parts = parts;
        _engine = engine;
        _board = board;
        _mailbox = parts.Mailbox;
        _logger = parts.Loggers.CreateLogger<EngineMember>();
        _started = parts.Time.GetTimestamp();
        _step = new StepBuilder(parts.Topics, parts.Taps, parts.Options.Limits, _logger);
        _follower = new JournalFollower(_step);
        _computer = new StepComputer(parts.Options, parts.Topics, _step, parts.Time);
        _feeds = new MemberFeeds(parts, cancellation);
        _questions = new MemberQuestions(parts, cancellation);
        _state = new FailoverState
        {
            Member = parts.Options.Member,
            ModelDigest = parts.Options.ModelDigest,
            Timings = parts.Options.Timings,
            Cursor = JournalCursor.Start(parts.Topics.Inbound.Length, parts.Topics.Outbound.Length),
        };
    }

    private TimeSpan Now => _parts.Time.GetElapsedTime(_started);

    /// <summary>Runs until the member's life ends.</summary>
    public EngineMemberEnd Run()
    {
        _questions.FindStart(-1, long.MaxValue, Start, CannotRecover);
        while (_end is null)
        {
            var worked = Drain() | Follow() | Publish();
            Timers();
            Answer();
            if (!worked && _end is null)
            {
                _mailbox.Wait(Patience());
            }
        }

        return _end;
    }

    /// <summary>Ends the readers.</summary>
    public void Dispose() => _feeds.Dispose();

    private bool Drain()
    {
        var worked = false;
        while (_end is null && _mailbox.TryTake(out var item))
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
        if (input is FailoverInput.CommitEnded { Outcome: CommitOutcome.Done })
        {
            _computer.LastCommitEnd = Now;
            _board.CommitEnded(Now);
        }

        (_state, var effects) = FailoverStateMachine.Next(_state, Now, input);
        foreach (var effect in effects)
        {
            Do(effect);
        }

        DeliverCommitted();
        _feeds.EnsureInbound(_state.Cursor);
    }

    private void Do(FailoverEffect effect)
    {
        switch (effect)
        {
            case FailoverEffect.JoinElection: _parts.Membership.Join(); break;
            case FailoverEffect.LeaveElection: _parts.Membership.Leave(); break;
            case FailoverEffect.ConfirmLeadership x: _parts.Membership.Confirm(x.Attempt); break;
            case FailoverEffect.Fence x: _parts.Journal.Fence(x.Attempt); break;
            case FailoverEffect.ApplyToEnd x: AskEnds(x.Attempt); break;
            case FailoverEffect.RepeatTorn x: _torn = x.Stamp; break;
            case FailoverEffect.Commit x: Commit(x); break;
            case FailoverEffect.OpenGate: _computer.LastCommitEnd = Now; break;
            case FailoverEffect.CloseGate: CloseGate(); break;
            case FailoverEffect.DisposeProducer: _parts.Journal.DisposeProducer(); break;
            case FailoverEffect.Rebuild x: Rebuild(x.Reason); break;
            case FailoverEffect.ReportRole x: ReportRole(x); break;
            case FailoverEffect.RefuseSwitchover x: _board.SwitchoverEnded(x.Reason); break;
            case FailoverEffect.End x: End(x); break;
        }
    }

    private void Commit(FailoverEffect.Commit effect)
    {
        _board.CommitBegins(Now);
        _parts.Journal.Commit(effect.Attempt, effect.Content);
    }

    /// <summary>Applies what the journal says, as far as it is there.</summary>
    private bool Follow()
    {
        var worked = false;
        while (_end is null && _feeds.Journal is { } journal && journal.TryPeek(out var entry))
        {
            var record = entry.Record;
            var verdict = _follower.IsMidway ? RecordVerdict.Apply : _state.Judge(record);
            if (verdict == RecordVerdict.Apply && !TryApply(entry))
            {
                return worked;
            }

            worked = true;
            journal.Take();
            if (record.Sequence <= _state.Cursor.Sequence || verdict == RecordVerdict.Own)
            {
                _feeds.JournalOffset = entry.Offset;
            }

            if (verdict == RecordVerdict.Own)
            {
                Give(new FailoverInput.OwnRecordRead(record));
            }
            else if (verdict == RecordVerdict.Foreign)
            {
                Give(new FailoverInput.ForeignRecordRead(record));
            }
        }

        return RepeatTorn() || worked;
    }

    /// <summary>False: not yet, or the state is lost.</summary>
    private bool TryApply(JournalEntry entry)
    {
        var record = entry.Record;
        if (record.Sequence > _state.NextToRead)
        {
            Lose($"The journal goes on at sequence {record.Sequence}, this member stands at {_state.Cursor.Sequence}.");
            return false;
        }

        if (record.ModelDigest != _parts.Options.ModelDigest)
        {
            Lose($"The group runs another model ({record.ModelDigest}) than this member ({_parts.Options.ModelDigest}).");
            return false;
        }

        if (record.Kind is JournalRecordKind.Step or JournalRecordKind.Tick)
        {
            switch (_follower.Apply(record, _engine, _feeds.Inbound, StepComputer.LastId(_state.Cursor), keepOutputs: false))
            {
                case FollowResult.Waiting:
                    return false;
                case FollowResult.Gap:
                    Lose(_follower.Reason);
                    return false;
            }

            _step.Close();
            _board.Count(_step.EventsIn, 0);
            Deliver(_step.TakeKept());
        }

        if (!Agrees(record))
        {
            return false;
        }

        _feeds.JournalOffset = entry.Offset;
        Give(new FailoverInput.RecordApplied(record));
        SnapshotIfDue(record);
        return true;
    }

    private bool Agrees(JournalRecord record)
    {
        if (record.StateDigest is null)
        {
            return true;
        }

        var own = _engine.Digest();
        var agrees = FailoverInvariant.F3EqualState(record, own);
        _board.Digest(record.Sequence, own, agrees);
        if (agrees)
        {
            _feeds.AgreedSequence = record.Sequence;
            return true;
        }

        LogDiverged(_logger, _parts.Topics.Group, record.Sequence, own, record.StateDigest.Value);
        _feeds.Diverged++;
        Lose($"The state differs from the group's at journal sequence {record.Sequence}.");
        return false;
    }

    private void Lose(string reason) => Give(new FailoverInput.StateLost(reason));

    /// <summary>Throws the state away; where to begin again is asked, from above what did not reach.</summary>
    private void Rebuild(string reason)
    {
        LogRebuild(_logger, _parts.Topics.Group, reason);
        _follower.Reset();
        _uncommitted.Clear();
        _torn = null;
        _ends = null;
        var (above, upTo) = _feeds.Diverged > 0 ? (-1L, _feeds.AgreedSequence) : (_state.Cursor.Sequence, long.MaxValue);
        _feeds.Close();
        if (_feeds.Diverged > 1)
        {
            CannotRecover(reason + " It did so again after a rebuild: the model or this machine is not deterministic.");
            return;
        }

        _questions.FindStart(above, upTo, Start, () => CannotRecover(reason));
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
            _questions.FindStart(-1, snapshot.Sequence - 1, Start, CannotRecover);
            return;
        }

        _engine = engine;
        var cursor = snapshot?.Cursor ?? JournalCursor.Start(_parts.Topics.Inbound.Length, _parts.Topics.Outbound.Length);
        LogStart(_logger, _parts.Topics.Group, cursor.Sequence, start.JournalStart);
        _feeds.Open(start);
        Give(new FailoverInput.StateRestored(cursor));
    }

    private void AskEnds(int attempt)
    {
        _ends = null;
        _questions.AskEnds(attempt, _state.Cursor.InboundNext.Contains(JournalCursor.Unknown), ends => _ends = ends);
    }

    /// <summary>Tells the machine once the journal and the outbound topics are read up to the ends asked after the fence.</summary>
    private void Answer()
    {
        if (_ends is not { } ends || _follower.IsMidway || !_feeds.HasReached(ends.Journal, ends.Outbound))
        {
            return;
        }

        _ends = null;
        var seen = _feeds.SeenQ();
        var ahead = _feeds.StampAhead(_state.Cursor.LastQ);
        // After they were read, so that what was read is not from beyond either.
        if (_feeds.IsBeyond(ends.Outbound))
        {
            Give(new FailoverInput.FenceFailed(ends.Attempt, "Another member has written since the fence."));
            return;
        }

        Give(new FailoverInput.AppliedToEnd(ends.Attempt, _computer.Clock(), ends.InboundStart, seen, ahead));
    }

    /// <summary>Repeats a torn step from its stamp.</summary>
    private bool RepeatTorn()
    {
        if (_torn is not { } stamp)
        {
            return false;
        }

        var record = new JournalRecord
        {
            Epoch = stamp.Epoch,
            Sequence = stamp.Sequence,
            Member = stamp.Member,
            ModelDigest = _parts.Options.ModelDigest,
            StreamTime = stamp.StreamTime,
            Kind = JournalRecordKind.Step,
            Runs = stamp.Runs,
        };
        switch (_follower.Apply(record, _engine, _feeds.Inbound, StepComputer.LastId(_state.Cursor), keepOutputs: true))
        {
            case FollowResult.Waiting:
                return false;
            case FollowResult.Gap:
                _torn = null;
                Lose(_follower.Reason);
                return true;
        }

        _torn = null;
        var commit = _step.Seal(
            stamp.Member, _parts.Options.ModelDigest, stamp.Version, _state.Cursor.LastQ, stateDigest: null);
        NoteSealed(commit);
        Give(new FailoverInput.TornRepeated(_state.Attempt, commit));
        return true;
    }

    private void Timers()
    {
        if (Now < _nextTimer || _end is not null)
        {
            return;
        }

        _nextTimer = Now + TimerInterval;
        Give(new FailoverInput.TimePassed());
        if (_state.Role == MemberRole.Recovering && _feeds.Journal is not null)
        {
            if (_questions.JoinEnd is { } end)
            {
                if (!_follower.IsMidway && _feeds.HasReached(end, []))
                {
                    _questions.ForgetJoinEnd();
                    Give(new FailoverInput.CaughtUp());
                }
            }
            else
            {
                _questions.AskJoinEnd();
            }
        }

        if (_state.Role == MemberRole.Standby && _feeds.Journal?.Waiting is { } behind && behind > _parts.Options.Limits.StandbyBehind)
        {
            Give(new FailoverInput.FellBehind(behind));
        }

        // Nobody else takes snapshots for a member that is alone; it takes them between two steps.
        if (_state is { GateOpen: true, Candidates: < 2, Pending.IsEmpty: true } && !_step.IsOpen
            && Now - _lastSnapshot >= _parts.Options.Limits.LoneSnapshotInterval)
        {
            WriteSnapshot();
        }

        ShowStatus();
    }

    private void SnapshotIfDue(JournalRecord record)
    {
        // Only where the digest was found equal: a snapshot never carries a diverged state on.
        if (record.StateDigest is not null && Now - _lastSnapshot >= _parts.Options.Limits.SnapshotInterval)
        {
            WriteSnapshot();
        }
    }

    private void WriteSnapshot()
    {
        _lastSnapshot = Now;
        var header = SnapshotHeader.Of(
            _parts.Topics.Group, _parts.Options.ModelDigest, _state.Cursor, _feeds.JournalOffset, _engine.Digest());
        if (_parts.Snapshots.Write(header, _engine))
        {
            _questions.Trim();
        }
    }

    private void ShowStatus() => _board.Show(_state, _feeds, _parts);

    /// <summary>The active's turn: compute, and seal when the commit before has ended.</summary>
    private bool Publish()
    {
        if (!_state.GateOpen)
        {
            return false;
        }

        var worked = _computer.Compute(_state, _engine, _feeds.Inbound);
        if (_computer.TrySeal(_state, Now, _engine) is not { } commit)
        {
            return worked;
        }

        NoteSealed(commit);
        Give(new FailoverInput.StepSealed(commit));
        return true;
    }

    private void CloseGate()
    {
        // What is open was computed and must be committed, or the state thrown away: the machine decides.
        var open = _computer.SealOpen(_state.NextQ, Now, _engine);
        if (open is not null)
        {
            NoteSealed(open);
        }

        var digest = _engine.Digest();
        _mailbox.Post(new FailoverInput.GateClosed(open, digest));
    }

    private void NoteSealed(JournalCommit commit)
    {
        if (commit.Record.StateDigest is { } digest)
        {
            _board.Digest(commit.Record.Sequence, digest, agrees: true);
        }

        _uncommitted.Enqueue(new Uncommitted(commit.Record.Sequence, _step.EventsIn, _step.EventsOut, _step.TakeKept()));
    }

    private void DeliverCommitted()
    {
        while (_uncommitted.TryPeek(out var first) && first.Sequence <= _state.Cursor.Sequence)
        {
            _uncommitted.Dequeue();
            _board.Count(first.EventsIn, first.EventsOut);
            Deliver(first.Kept);
        }
    }

    private static void Deliver(ImmutableArray<(WindowTap Tap, Contracts.Events.EventBlock Block)> kept)
    {
        foreach (var (tap, block) in kept)
        {
            tap.Output.OnBlock(tap.Window, block);
        }
    }

    private void ReportRole(FailoverEffect.ReportRole effect)
    {
        var topic = _state.Cursor.InboundNext;
        var id = topic.Length > 0 && topic[0] > 0 ? $"0:{topic[0] - 1}" : "";
        LogRole(_logger, _parts.Topics.Group, effect.From, effect.To, effect.Reason, id, effect.Epoch.Value);
        if (effect.To == MemberRole.Active)
        {
            LogActive(_logger);
        }
        else if (effect.To == MemberRole.Standby)
        {
            LogStandby(_logger);
            _questions.WarmUp();
        }

        _parts.Membership.Write(effect.To, effect.Epoch);
        ShowStatus();
        _board.RoleChanged(new RoleChange(effect.From, effect.To, effect.Reason, effect.Epoch.Value, id));
    }

    private void End(FailoverEffect.End effect)
    {
        if (effect.Exit == FailoverExit.Stopped && _state is { IsAhead: false, Cursor.Sequence: > 0 } && !_follower.IsMidway)
        {
            WriteSnapshot();
        }

        _end = new EngineMemberEnd(effect.Exit, effect.Reason);
        LogEnd(_logger, _parts.Topics.Group, effect.Exit, effect.Reason);
    }

    private TimeSpan Patience() => _state.GateOpen
        ? Min(_computer.Patience(_state, Now, _engine), TimerInterval)
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

    [LoggerMessage(EventId = 5193, Level = LogLevel.Information, Message = "Group {Group}: the member ends: {Exit}: {Reason}")]
    private static partial void LogEnd(ILogger logger, string group, FailoverExit exit, string reason);

    [LoggerMessage(EventId = 5194, Level = LogLevel.Error,
        Message = "Group {Group}: F3 does not hold at journal sequence {Sequence}: own digest {Own:x16}, the journal's {Said:x16}")]
    private static partial void LogDiverged(ILogger logger, string group, long sequence, ulong own, ulong said);

    [LoggerMessage(EventId = 5195, Level = LogLevel.Warning, Message = "Group {Group}: the state is thrown away: {Reason}")]
    private static partial void LogRebuild(ILogger logger, string group, string reason);

    [LoggerMessage(EventId = 5196, Level = LogLevel.Information,
        Message = "Group {Group}: follows the journal from sequence {Sequence}, offset {Offset}")]
    private static partial void LogStart(ILogger logger, string group, long sequence, long offset);

    /// <summary>What is owed once a commit is known to be done.</summary>
    private sealed record Uncommitted(
        long Sequence, long EventsIn, long EventsOut, ImmutableArray<(WindowTap Tap, Contracts.Events.EventBlock Block)> Kept);
}
