using Lockstep.Contracts.Failover;

namespace Lockstep.Failover;

/// <summary>The invariants of docs/failover.md as assertions. Each throws <see cref="FailoverInvariantException"/>.</summary>
public static class FailoverInvariant
{
    /// <summary>F1, one writer: epochs in the journal never go back, and a new one begins with its epoch start.</summary>
    public static void F1OneWriter(Epoch before, JournalRecord record)
    {
        if (record.Kind == JournalRecordKind.EpochStart)
        {
            Require("F1", record.Epoch == before.Next, $"epoch start {record.Epoch} follows epoch {before}");
        }
        else
        {
            Require("F1", record.Epoch == before, $"{record.Kind} of epoch {record.Epoch} follows epoch {before}");
        }
    }

    /// <summary>
    /// F1, one writer: only the version that wrote last, or was handed over to, writes; another one only takes the group back
    /// with an epoch start that says so.
    /// </summary>
    /// <param name="mayWrite">Digest of the model that may write; empty: any.</param>
    /// <param name="record">The next record.</param>
    public static void F1OneVersion(string mayWrite, JournalRecord record) =>
        Require("F1", mayWrite.Length == 0 || record.ModelDigest == mayWrite || record.TakenBack,
            $"{record.Kind} of model {record.ModelDigest} where model {mayWrite} writes");

    /// <summary>F2, exactly once: q of the outputs of one commit go on without gap or repeat.</summary>
    /// <param name="before">Last q of each outbound topic before the commit.</param>
    /// <param name="commit">The whole commit, nothing left out of it yet.</param>
    public static void F2ExactlyOnce(IReadOnlyList<long> before, JournalCommit commit)
    {
        var last = before.ToArray();
        foreach (ref readonly var output in commit.Outputs.Span)
        {
            ref var newest = ref last[output.TopicIndex];
            if (output.Q != newest + 1)
            {
                Require("F2", false, $"q {output.Q} follows q {newest}");
            }

            newest = output.Q;
        }

        foreach (var position in commit.Record.Outputs)
        {
            var q = last[position.TopicIndex];
            Require("F2", position.LastQ == q, $"the journal says q {position.LastQ}, the outputs end at {q}");
        }
    }

    /// <summary>F2, exactly once: the journal's q never goes back.</summary>
    public static void F2NeverBack(long before, OutboundPosition position) =>
        Require("F2", position.LastQ >= before, $"the journal's q went from {before} to {position.LastQ}");

    /// <summary>F3, equal state: the digest of this member is the journal's.</summary>
    /// <returns>False when it is not: a fact about this member, not a defect of the machine.</returns>
    public static bool F3EqualState(JournalRecord record, ulong own) => record.StateDigest is not { } said || said == own;

    /// <summary>F4, no silent gap: the next record follows the last one.</summary>
    public static void F4NoGap(long before, JournalRecord record) =>
        Require("F4", record.Sequence == before + 1, $"sequence {record.Sequence} follows {before}");

    /// <summary>F4, no silent gap: a run goes on after what was read of its topic; -1: nothing is known of it yet.</summary>
    public static void F4NoGap(long nextOffset, InboundRun run) =>
        Require("F4", nextOffset < 0 || run.FirstOffset >= nextOffset,
            $"run {run.FirstOffset}-{run.LastOffset} of topic {run.TopicIndex} lies before offset {nextOffset}");

    /// <summary>F5, ready first: only a member that has applied the journal to its end stands for election.</summary>
    public static void F5ReadyFirst(FailoverState state) =>
        Require("F5", state.Role != MemberRole.Recovering && state.MayWrite,
            $"a member stands for election while {state.Role} of model {state.ModelDigest}; {state.Cursor.ModelDigest} writes");

    private static void Require(string name, bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new FailoverInvariantException(name, otherwise);
        }
    }
}
