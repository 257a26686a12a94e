using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Failover;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// A member's turn at the journal: brings the engine to where the journal says, compares digests, repeats a torn step, and
/// tells the machine when the end is reached that was asked after a fence. On the engine thread only.
/// </summary>
internal sealed partial class MemberFollower(MemberCore core, MemberPublisher publisher)
{
    private static readonly TimeSpan SlowLimit = TimeSpan.FromMilliseconds(100);

    private readonly MemberCore _core = core;
    private readonly MemberPublisher _publisher = publisher;
    private readonly ILogger _logger = core.Parts.Loggers.CreateLogger<EngineMember>();
    private readonly JournalFollower _follower = new(core.Step);
    private OutboundStamp? _torn;
    private int _rehearsals = 3;
    private TimeSpan _tellAt;
    private AskedEnds? _ends;

    /// <summary>True while a record is applied in part.</summary>
    public bool IsMidway => _follower.IsMidway;

    /// <summary>The torn step of this stamp is repeated as soon as the journal is read.</summary>
    public void ExpectTorn(OutboundStamp stamp) => _torn = stamp;

    /// <summary>Forgets what it was at; the engine is to be thrown away.</summary>
    public void Reset()
    {
        _follower.Reset();
        _torn = null;
        _ends = null;
    }

    /// <summary>Applies what the journal says, as far as it is there; false: there was nothing to do.</summary>
    public bool Follow()
    {
        var worked = false;
        while (_core.End is null && _core.Feeds.Journal is { } journal && journal.TryPeek(out var entry))
        {
            var record = entry.Record;
            var verdict = _follower.IsMidway ? RecordVerdict.Apply : _core.State.Judge(record);
            if (verdict == RecordVerdict.Apply && !TryApply(entry))
            {
                return worked;
            }

            worked = true;
            journal.Take();
            if (record.Sequence <= _core.State.Cursor.Sequence || verdict == RecordVerdict.Own)
            {
                _core.Feeds.JournalOffset = entry.Offset;
                _core.Feeds.JournalTopics = record.Topics ?? _core.Feeds.JournalTopics;
            }

            if (verdict == RecordVerdict.Own)
            {
                _core.Give(new FailoverInput.OwnRecordRead(record));
            }
            else if (verdict == RecordVerdict.Foreign)
            {
                _core.Give(new FailoverInput.ForeignRecordRead(record));
            }
        }

        _core.Parts.Comparison.Match();
        return RepeatTorn() || worked;
    }

    /// <summary>False: not yet, or the state is lost.</summary>
    private bool TryApply(JournalEntry entry)
    {
        var record = entry.Record;
        if (record.Sequence > _core.State.NextToRead)
        {
            Lose($"The journal goes on at sequence {record.Sequence}, this member stands at {_core.State.Cursor.Sequence}.");
            return false;
        }

        if (WhyNotFollowed(entry) is { } reason)
        {
            Lose(reason);
            return false;
        }

        if (record.ChangesState)
        {
            var rehearses = _rehearsals > 0 && _core.State.Role == MemberRole.Standby && !IsOfAnother(record);
            switch (Apply(record, keepOutputs: rehearses || IsOfAnother(record)))
            {
                case FollowResult.Waiting:
                    return false;
                case FollowResult.Gap:
                    Lose(_follower.Reason);
                    return false;
            }

            if (rehearses)
            {
                Rehearse();
            }

            _core.Step.Close();
            if (IsOfAnother(record))
            {
                _core.Parts.Comparison.Applied(record, _core.State.Cursor, _core.Feeds.JournalTopics, _core.Step.TakeOutputs());
            }

            _core.Board.Count(_core.Step.EventsIn, 0);
            MemberPublisher.Deliver(_core.Step.TakeKept());
        }

        if (!Agrees(record))
        {
            return false;
        }

        _core.Feeds.JournalOffset = entry.Offset;
        _core.Give(new FailoverInput.RecordApplied(record));
        SnapshotIfDue(record);
        return true;
    }

    /// <summary>
    /// Makes the outputs that the active made, and throws them away: an active's code that a standby would run for the first time
    /// when everybody waits for it.
    /// </summary>
    private void Rehearse()
    {
        _rehearsals--;
        var options = _core.Parts.Options;
        var commit = _core.Step.Seal(options.Member, options.ModelDigest, options.Version, _core.State.Cursor.LastQ, stateDigest: null);
        foreach (var output in commit.Outputs)
        {
            RecordBytes.Encode(output.Stamp);
        }

        RecordBytes.Encode(commit.Record);
    }

    private bool IsOfAnother(JournalRecord record) => record.ModelDigest != _core.Parts.Options.ModelDigest;

    /// <summary>Null: the record is of this member's version, or this member may follow another one.</summary>
    private string? WhyNotFollowed(JournalEntry entry)
    {
        var (record, writes) = (entry.Record, _core.State.Cursor.ModelDigest);
        if (!IsOfAnother(record))
        {
            return null;
        }

        // Handed over to in the very journal that this member has followed, or the member was told to.
        var isHandedOver = writes.Length > 0 && (writes == record.ModelDigest || record.TakenBack);
        if (_core.Parts.Options.Shadow is null && !isHandedOver)
        {
            return $"The group runs another model ({record.ModelDigest}) than this member ({_core.Parts.Options.ModelDigest}).";
        }

        return entry.NamesTopics ? null
            : "The group's newest epoch was begun by a build that does not name its topics: switch over once, then start this member again.";
    }

    private FollowResult Apply(JournalRecord record, bool keepOutputs) =>
        _follower.Apply(record, _core.Engine, _core.Feeds.Inbound, StepComputer.LastId(_core.State.Cursor), keepOutputs);

    private bool Agrees(JournalRecord record)
    {
        if (record.StateDigest is null || IsOfAnother(record))
        {
            return true;
        }

        var own = _core.Engine.Digest();
        var agrees = FailoverInvariant.F3EqualState(record, own);
        _core.Board.Digest(record.Sequence, own, agrees);
        if (agrees)
        {
            _core.Feeds.AgreedSequence = record.Sequence;
            return true;
        }

        if (record.Kind == JournalRecordKind.EpochStart && _core.State.Cursor.HandedOverBy is not null)
        {
            // No fault of this member's: another one of its version began with a state that came about otherwise.
            _core.Feeds.BeganOtherwise = true;
            Lose("The member that began this version's epoch has another state: this one needs a snapshot of it.");
            return false;
        }

        LogDiverged(_logger, _core.Parts.Topics.Group, record.Sequence, own, record.StateDigest.Value);
        _core.Parts.Alarms.Raise(AlarmCode.Diverged, _core.Parts.Topics.Group,
            $"The state differed from the group's at journal sequence {record.Sequence} ({_core.Feeds.Diverged + 1}. time): own digest {own:x16}, "
            + $"the journal's {record.StateDigest:x16}. It was equal up to sequence {_core.Feeds.AgreedSequence}.");
        _core.Feeds.Diverged++;
        Lose($"The state differs from the group's at journal sequence {record.Sequence}.");
        return false;
    }

    private void Lose(string reason) => _core.Give(new FailoverInput.StateLost(reason));

    /// <summary>Asks how far must be read after a fence.</summary>
    public void AskEnds(int attempt)
    {
        _ends = null;
        var positions = _core.State.Cursor.InboundNext.Contains(JournalCursor.Unknown) ? null : _core.Feeds.Positions();
        _core.Questions.AskEnds(attempt, positions, ends =>
        {
            _core.Parts.Takeover.EndsKnown();
            (_ends, _tellAt) = (ends, _core.Now + SlowLimit);
        });
    }

    /// <summary>Tells the machine once the journal and the outbound topics are read up to the ends asked after the fence.</summary>
    public void Answer()
    {
        if (_ends is not { } ends)
        {
            return;
        }

        if (_follower.IsMidway || !_core.Feeds.HasReached(ends.Journal.ReadTo, ends.Outbound))
        {
            TellIfSlow(ends);
            return;
        }

        _ends = null;
        var seen = _core.Feeds.SeenQ();
        var ahead = _core.Feeds.StampAhead(_core.State.Cursor.LastQ);
        // After they were read, so that what was read is not from beyond either.
        if (_core.Feeds.IsBeyond(ends.Outbound))
        {
            _core.Give(new FailoverInput.FenceFailed(ends.Attempt, "Another member has written since the fence."));
            return;
        }

        _core.Parts.Takeover.JournalApplied();
        _core.Give(new FailoverInput.AppliedToEnd(ends.Attempt, _publisher.Clock(), ends.InboundStart, seen, ahead)
        {
            // Where the group changes its version. Else the first step is committed with the epoch start, and hashing can wait.
            StateDigest = _core.State is { TakesBack: true } or { Cursor.HandedOverBy: not null } ? _core.Engine.Digest() : null,
        });
    }

    private void TellIfSlow(AskedEnds ends)
    {
        if (_core.Now >= _tellAt)
        {
            _tellAt = TimeSpan.MaxValue;
            var missing = _core.Feeds.Missing(ends.Journal.ReadTo, ends.Outbound);
            LogSlow(_logger, _core.Parts.Topics.Group, missing, _follower.IsMidway);
        }
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
            ModelDigest = _core.Parts.Options.ModelDigest,
            StreamTime = stamp.StreamTime,
            Kind = JournalRecordKind.Step,
            Runs = stamp.Runs,
        };
        switch (Apply(record, keepOutputs: true))
        {
            case FollowResult.Waiting:
                return false;
            case FollowResult.Gap:
                _torn = null;
                Lose(_follower.Reason);
                return true;
        }

        _torn = null;
        var commit = _core.Step.Seal(
            stamp.Member, _core.Parts.Options.ModelDigest, stamp.Version, _core.State.Cursor.LastQ, stateDigest: null);
        _publisher.NoteSealed(commit);
        _core.Give(new FailoverInput.TornRepeated(_core.State.Attempt, commit));
        return true;
    }

    private void SnapshotIfDue(JournalRecord record)
    {
        // Only where the digest was found equal: a snapshot never carries a diverged state on.
        if (record.StateDigest is not null)
        {
            _core.SnapshotIfDue(_core.Parts.Options.Limits.SnapshotInterval);
        }
    }

    [LoggerMessage(EventId = 5187, Level = LogLevel.Information,
        Message = "Group {Group}: the takeover waits for what is still to be read: {Missing}; inbound records missing: {IsMidway}")]
    private static partial void LogSlow(ILogger logger, string group, string missing, bool isMidway);

    [LoggerMessage(EventId = 5194, Level = LogLevel.Error,
        Message = "Group {Group}: F3 does not hold at journal sequence {Sequence}: own digest {Own:x16}, the journal's {Said:x16}")]
    private static partial void LogDiverged(ILogger logger, string group, long sequence, ulong own, ulong said);
}
