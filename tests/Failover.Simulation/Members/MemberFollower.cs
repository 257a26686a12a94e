using Lockstep.Contracts.Failover;

namespace Lockstep.Failover.Simulation.Members;

/// <summary>
/// A member's turn at the journal, by the rules of the real one: brings the engine to where the journal says, compares digests,
/// repeats a torn step, answers when the ends asked after the fence are reached.
/// </summary>
internal sealed class MemberFollower(SimulatedMember member)
{
    private OutboundStamp? _torn;
    private int _run;
    private bool _inRun;

    public bool IsMidway { get; private set; }

    public AskedEnds? Ends { get; set; }

    public void ExpectTorn(OutboundStamp stamp) => _torn = stamp;

    public void Reset()
    {
        IsMidway = false;
        _torn = null;
        Ends = null;
        member.Step.Close();
    }

    /// <summary>Applies some of what the journal says; false: there was nothing to do.</summary>
    public bool Follow(int most)
    {
        var worked = false;
        for (var i = 0; i < most && member.Ended is null && member.Feeds.Journal is { } journal; i++)
        {
            if (journal.GoneUpTo >= 0 && journal.Waiting.Count == 0)
            {
                member.Give(new FailoverInput.StateLost($"The journal begins at {journal.GoneUpTo}."));
                return true;
            }

            if (!journal.Waiting.TryPeek(out var entry))
            {
                break;
            }

            var record = (JournalRecord)entry.Value;
            var verdict = IsMidway ? RecordVerdict.Apply : member.State.Judge(record);
            if (verdict == RecordVerdict.Apply && !TryApply(record, entry.Offset))
            {
                return worked;
            }

            worked = true;
            journal.Waiting.Dequeue();
            if (record.Sequence <= member.State.Cursor.Sequence || verdict == RecordVerdict.Own)
            {
                member.Feeds.JournalOffset = entry.Offset;
            }

            if (verdict == RecordVerdict.Own)
            {
                member.Give(new FailoverInput.OwnRecordRead(record));
            }
            else if (verdict == RecordVerdict.Foreign)
            {
                member.Give(new FailoverInput.ForeignRecordRead(record));
            }
        }

        return RepeatTorn() || worked;
    }

    /// <summary>Tells the machine once everything is read up to the ends asked after the fence.</summary>
    public void Answer()
    {
        if (Ends is not { } ends || IsMidway || !member.Feeds.HasReached(ends.Journal, ends.Outbound))
        {
            return;
        }

        Ends = null;
        if (member.Feeds.IsBeyond(ends.Outbound) && member.Missing != Guard.AskAfterFence)
        {
            member.Give(new FailoverInput.FenceFailed(ends.Attempt, "Another member has written since the fence."));
            return;
        }

        var seen = member.Feeds.SeenQ();
        var ahead = member.Feeds.StampAhead(member.State.Cursor.LastQ);
        if (member.Missing == Guard.SendOnlyMissing)
        {
            seen = [.. seen.Select(_ => 0L)];
        }

        member.Give(new FailoverInput.AppliedToEnd(ends.Attempt, member.Clock(), ends.InboundStart, seen, ahead)
        {
            StateDigest = member.State is { TakesBack: true } or { Cursor.HandedOverBy: not null } ? member.Engine.Digest : null,
        });
    }

    private bool TryApply(JournalRecord record, long offset)
    {
        if (record.Sequence > member.State.NextToRead)
        {
            member.Give(new FailoverInput.StateLost($"The journal goes on at sequence {record.Sequence}."));
            return false;
        }

        if (record.ChangesState)
        {
            if (Apply(record) is not { } done || !done)
            {
                return false;
            }

            member.Step.Close();
            member.MayDisturb(record);
        }

        if (!Agrees(record))
        {
            return false;
        }

        member.Feeds.JournalOffset = offset;
        member.Give(new FailoverInput.RecordApplied(record));
        if (record.StateDigest is not null)
        {
            member.SnapshotIfDue();
        }

        return true;
    }

    private bool Agrees(JournalRecord record)
    {
        if (record.StateDigest is null || record.ModelDigest != member.ModelDigest || member.Missing == Guard.DigestCheck)
        {
            return true;
        }

        if (FailoverInvariant.F3EqualState(record, member.Engine.Digest))
        {
            member.Feeds.AgreedSequence = record.Sequence;
            return true;
        }

        member.Feeds.Diverged++;
        member.Give(new FailoverInput.StateLost($"The state differs from the group's at journal sequence {record.Sequence}."));
        return false;
    }

    /// <summary>True: done; false: not yet; null: the state is lost.</summary>
    private bool? Apply(JournalRecord record)
    {
        if (!IsMidway)
        {
            member.Step.Begin(record.StreamTime);
            member.Engine.Begin(record.StreamTime);
            (IsMidway, _run, _inRun) = (true, 0, false);
        }

        for (; _run < record.Runs.Length; _run++)
        {
            var result = ApplyRun(record.Runs[_run]);
            if (result != true)
            {
                return result;
            }
        }

        member.Engine.Tick(member.Step.Outputs);
        IsMidway = false;
        return true;
    }

    private bool? ApplyRun(InboundRun run)
    {
        while (run.LastOffset >= run.FirstOffset)
        {
            if (member.Feeds.Inbound?[run.TopicIndex] is not { } inbound)
            {
                return false;
            }

            if (!inbound.Waiting.TryPeek(out var record))
            {
                return false;
            }

            if (!_inRun && record.Offset < run.FirstOffset)
            {
                inbound.Waiting.Dequeue();
                continue;
            }

            if ((!_inRun && record.Offset != run.FirstOffset) || record.Offset > run.LastOffset)
            {
                return Lose($"Inbound topic {run.TopicIndex} holds {record.Offset}, the journal names {run}.");
            }

            if (_inRun && inbound.FollowsGap(record.Offset))
            {
                return Lose($"Inbound topic {run.TopicIndex} was purged before {record.Offset}, in the midst of {run}.");
            }

            inbound.Waiting.Dequeue();
            _inRun = true;
            member.Step.Take(run.TopicIndex, record.Offset, followsGap: false);
            member.Engine.Apply(run.TopicIndex, record.Offset, (long)record.Value, member.Step.Outputs);
            if (record.Offset == run.LastOffset)
            {
                break;
            }
        }

        _inRun = false;
        return true;
    }

    private bool? Lose(string reason)
    {
        member.Give(new FailoverInput.StateLost(reason));
        return null;
    }

    private bool RepeatTorn()
    {
        if (_torn is not { } stamp || member.Ended is not null)
        {
            return false;
        }

        var record = new JournalRecord
        {
            Epoch = stamp.Epoch,
            Sequence = stamp.Sequence,
            Member = stamp.Member,
            ModelDigest = member.ModelDigest,
            StreamTime = stamp.StreamTime,
            Kind = JournalRecordKind.Step,
            Runs = stamp.Runs,
        };
        if (Apply(record) is not { } done)
        {
            _torn = null;
            return true;
        }

        if (!done)
        {
            return false;
        }

        _torn = null;
        var commit = member.Step.Seal(stamp.Member, stamp.Epoch, stamp.Sequence, member.State.Cursor.LastQ, null);
        member.Give(new FailoverInput.TornRepeated(member.State.Attempt, commit));
        return true;
    }
}

/// <summary>The ends asked after a fence.</summary>
internal sealed record AskedEnds(
    int Attempt, long Journal, System.Collections.Immutable.ImmutableArray<long> Outbound,
    System.Collections.Immutable.ImmutableArray<long> InboundStart);
