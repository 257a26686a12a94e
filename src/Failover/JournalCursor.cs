using System.Collections.Immutable;
using Lockstep.Contracts.Failover;

namespace Lockstep.Failover;

/// <summary>How far a member has followed the journal, and what the journal said up to there. Immutable.</summary>
public sealed record JournalCursor
{
    /// <summary>The offset of an inbound topic of which nothing is known yet.</summary>
    public const long Unknown = -1;

    /// <summary>Sequence of the last record followed; 0 for none.</summary>
    public long Sequence { get; init; }

    /// <summary>Its epoch.</summary>
    public Epoch Epoch { get; init; }

    /// <summary>The member that wrote it; empty for none.</summary>
    public string Member { get; init; } = "";

    /// <summary>Its stream time in microseconds since 1970 UTC.</summary>
    public long StreamTime { get; init; }

    /// <summary>Digest of the model that may write next; empty: nobody has written yet, or it is not known.</summary>
    public string ModelDigest { get; init; } = "";

    /// <summary>After a handover to another version, until that begins its epoch: digest of the version before; else null.</summary>
    public string? HandedOverBy { get; init; }

    /// <summary>The next offset to apply of each inbound topic in the order of the model, or <see cref="Unknown"/>.</summary>
    public required ImmutableArray<long> InboundNext { get; init; }

    /// <summary>
    /// Last q of each outbound topic in the order of the model; 0 for none, <see cref="Unknown"/> for a topic of which the journal
    /// has never spoken (another version writes it): what lies there is asked after the fence.
    /// </summary>
    public required ImmutableArray<long> LastQ { get; init; }

    /// <summary>Before the first record of a group.</summary>
    /// <param name="inbound">How many inbound topics.</param>
    /// <param name="outbound">How many outbound topics.</param>
    public static JournalCursor Start(int inbound, int outbound) => new()
    {
        InboundNext = [.. Enumerable.Repeat(Unknown, inbound)],
        LastQ = [.. Enumerable.Repeat(0L, outbound)],
    };

    /// <summary>The cursor after a record.</summary>
    /// <param name="record">The next record of the journal.</param>
    /// <exception cref="FailoverInvariantException">It does not follow (F1, F2, F4).</exception>
    public JournalCursor Follow(JournalRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        FailoverInvariant.F4NoGap(Sequence, record);
        FailoverInvariant.F1OneWriter(Epoch, record);
        FailoverInvariant.F1OneVersion(ModelDigest, record);
        var next = InboundNext.ToBuilder();
        foreach (var run in record.Runs)
        {
            FailoverInvariant.F4NoGap(next[run.TopicIndex], run);
            next[run.TopicIndex] = run.LastOffset + 1;
        }

        var q = LastQ.ToBuilder();
        foreach (var position in record.Outputs)
        {
            FailoverInvariant.F2NeverBack(q[position.TopicIndex], position);
            q[position.TopicIndex] = position.LastQ;
        }

        return this with
        {
            Sequence = record.Sequence,
            Epoch = record.Epoch,
            Member = record.Member,
            ModelDigest = record.HandoverDigest ?? record.ModelDigest,
            HandedOverBy = record.HandoverDigest is null ? null : record.ModelDigest,
            StreamTime = Math.Max(StreamTime, record.StreamTime),
            InboundNext = next.DrainToImmutable(),
            LastQ = q.DrainToImmutable(),
        };
    }

    /// <summary>
    /// The first record of the next epoch. It says where every inbound topic goes on, as a run that holds nothing
    /// (last offset = first - 1): so a group without any journal begins where its first active says.
    /// </summary>
    /// <param name="member">Who begins it.</param>
    /// <param name="modelDigest">Digest of its model.</param>
    /// <param name="streamTime">Its clock, microseconds since 1970 UTC; never goes back behind the journal's.</param>
    /// <param name="inboundStart">Where topics begin of which the journal says nothing.</param>
    public JournalRecord EpochStart(string member, string modelDigest, long streamTime, ImmutableArray<long> inboundStart) => new()
    {
        Epoch = Epoch.Next,
        Sequence = Sequence + 1,
        Member = member,
        ModelDigest = modelDigest,
        StreamTime = Math.Max(StreamTime, streamTime),
        Kind = JournalRecordKind.EpochStart,
        TakenBack = ModelDigest.Length > 0 && ModelDigest != modelDigest,
        Runs = [.. InboundNext.Select((next, i) =>
            {
                var at = next == Unknown ? inboundStart[i] : next;
                return new InboundRun(i, at, at - 1);
            })],
        Outputs = Positions(),
    };

    /// <summary>The last record of an active that gives over.</summary>
    /// <param name="member">Who gives over.</param>
    /// <param name="modelDigest">Digest of its model.</param>
    /// <param name="to">Who is meant to go on, or null.</param>
    /// <param name="stateDigest">Hash of the state handed over.</param>
    /// <param name="nextDigest">Digest of the version meant to go on; null for the same.</param>
    public JournalRecord Handover(
        string member, string modelDigest, string? to, ulong? stateDigest, string? nextDigest = null) => new()
        {
            Epoch = Epoch,
            Sequence = Sequence + 1,
            Member = member,
            ModelDigest = modelDigest,
            StreamTime = StreamTime,
            Kind = JournalRecordKind.Handover,
            Outputs = Positions(),
            StateDigest = stateDigest,
            HandoverTo = to,
            HandoverDigest = nextDigest,
        };

    private ImmutableArray<OutboundPosition> Positions() =>
        [.. LastQ.Select((q, i) => new OutboundPosition(i, Math.Max(0, q)))];
}
