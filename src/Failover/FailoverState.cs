using System.Collections.Immutable;
using Lockstep.Contracts.Failover;

namespace Lockstep.Failover;

/// <summary>Where a member that acquires has got to.</summary>
public enum AcquirePhase
{
    /// <summary>It does not acquire.</summary>
    None,

    /// <summary>Waits before it tries again.</summary>
    Pausing,

    /// <summary>Asks whether it leads.</summary>
    Confirming,

    /// <summary>Fences its predecessor.</summary>
    Fencing,

    /// <summary>Applies the journal to its end.</summary>
    Applying,

    /// <summary>Repeats a torn step.</summary>
    Repeating,

    /// <summary>Computes a first step for its epoch start.</summary>
    Computing,

    /// <summary>Commits what is pending, then its epoch start.</summary>
    Starting,
}

/// <summary>Why an active stops computing.</summary>
public enum ClosingCause
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>It gives over to another member.</summary>
    Switchover,

    /// <summary>It ends.</summary>
    Stop,

    /// <summary>It is not elected any more.</summary>
    Unelected,

    /// <summary>A commit had no clear end; it goes on once that is settled.</summary>
    Unclear,
}

/// <summary>What to do with a record read from the journal.</summary>
public enum RecordVerdict
{
    /// <summary>Followed already, or lost the race against another with its sequence: leave it out.</summary>
    Skip,

    /// <summary>Apply it to the engine, then give <see cref="FailoverInput.RecordApplied"/>.</summary>
    Apply,

    /// <summary>In the engine already: give <see cref="FailoverInput.OwnRecordRead"/>.</summary>
    Own,

    /// <summary>Contradicts what the engine holds: give <see cref="FailoverInput.ForeignRecordRead"/>.</summary>
    Foreign,
}

/// <summary>All that the state machine knows of one member. Immutable.</summary>
public sealed record FailoverState
{
    /// <summary>Name of the member.</summary>
    public required string Member { get; init; }

    /// <summary>Digest of its model.</summary>
    public required string ModelDigest { get; init; }

    /// <summary>Its waits.</summary>
    public FailoverTimings Timings { get; init; } = new();

    /// <summary>What it is doing.</summary>
    public MemberRole Role { get; init; } = MemberRole.Recovering;

    /// <summary>Why it is not (yet) what it should be, as a sentence; null for nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>What the journal has said so far, commits of its own included once they are known to be done.</summary>
    public required JournalCursor Cursor { get; init; }

    /// <summary>Where it has got to in acquiring.</summary>
    public AcquirePhase Phase { get; init; }

    /// <summary>Grows with each fence; answers to older ones are left out.</summary>
    public int Attempt { get; init; }

    /// <summary>True: acquires without coordination.</summary>
    public bool Emergency { get; init; }

    /// <summary>True: the active may compute steps.</summary>
    public bool GateOpen { get; init; }

    /// <summary>Why the gate closes.</summary>
    public ClosingCause Closing { get; init; }

    /// <summary>True: the gate was told to close and has not answered yet.</summary>
    public bool AwaitsGate { get; init; }

    /// <summary>Who is to go on after a switchover.</summary>
    public string? HandoverTo { get; init; }

    /// <summary>Digest of the version that is to go on after a switchover; null for this one.</summary>
    public string? HandoverDigest { get; init; }

    /// <summary>
    /// True: this member's version is not the one that may write, and takes the group back: since the other has not begun
    /// within <see cref="FailoverTimings.HandoverLimit"/>, or because it was told to.
    /// </summary>
    public bool TakesBack { get; init; }

    /// <summary>The topics that this member's indexes mean; written with each epoch start.</summary>
    public JournalTopics? Topics { get; init; }

    /// <summary>Digest at the closing of the gate.</summary>
    public ulong? ClosingDigest { get; init; }

    /// <summary>What is not known to be committed, oldest first; at most three.</summary>
    public ImmutableList<JournalCommit> Pending { get; init; } = [];

    /// <summary>True: the first pending commit was sent and has not ended.</summary>
    public bool InFlight { get; init; }

    /// <summary>Last q on each outbound topic as found after the fence; empty once nothing needs leaving out.</summary>
    public ImmutableArray<long> SeenQ { get; init; } = [];

    /// <summary>Sequence of the newest own record read back from the journal.</summary>
    public long ConfirmedSequence { get; init; }

    /// <summary>Clock and starts as answered after the fence; kept for the epoch start.</summary>
    public FailoverInput.AppliedToEnd? Ends { get; init; }

    /// <summary>Where it stands in the election.</summary>
    public ElectionStanding Standing { get; init; }

    /// <summary>True: told to stand for election.</summary>
    public bool Joined { get; init; }

    /// <summary>How many stand for election.</summary>
    public int Candidates { get; init; }

    /// <summary>The coordination session.</summary>
    public SessionState Session { get; init; } = SessionState.Suspended;

    /// <summary>When the newest journal record was heard of.</summary>
    public TimeSpan JournalHeardAt { get; init; }

    /// <summary>Since when fences or commits fail; null: they don't.</summary>
    public TimeSpan? FailingSince { get; init; }

    /// <summary>Since when the commit in flight is.</summary>
    public TimeSpan CommitSince { get; init; }

    /// <summary>Since when it acquires.</summary>
    public TimeSpan AcquiringSince { get; init; }

    /// <summary>Until when not to acquire.</summary>
    public TimeSpan WaitUntil { get; init; }

    /// <summary>True: its life has ended.</summary>
    public bool Ended { get; init; }

    /// <summary>The sequence of the next record to read from the journal.</summary>
    public long NextToRead => Math.Max(Cursor.Sequence, ConfirmedSequence) + 1;

    /// <summary>The sequence of the next step to compute.</summary>
    public long NextSequence => Cursor.Sequence + Pending.Count + 1;

    /// <summary>Last q of each outbound topic after everything that is pending.</summary>
    public ImmutableArray<long> NextQ => Pending.Count == 0
        ? Cursor.LastQ
        : [.. Cursor.LastQ.Select((q, i) => Pending.SelectMany(p => p.Record.Outputs)
            .Where(o => o.TopicIndex == i).Select(o => o.LastQ).DefaultIfEmpty(q).Max())];

    /// <summary>True: this member's version is the one that writes. False: it follows as shadow.</summary>
    public bool MayWrite => TakesBack || Cursor.ModelDigest.Length == 0 || Cursor.ModelDigest == ModelDigest;

    /// <summary>True: the engine holds, or may hold, something that is not known to be committed.</summary>
    public bool IsAhead => GateOpen || AwaitsGate || Phase is AcquirePhase.Repeating or AcquirePhase.Computing || Pending.Exists(p => p.ChangesState);

    /// <summary>
    /// True: the engine holds something that was given up, so it is nobody's state until it is restored: no snapshot of it.
    /// </summary>
    public bool IsSpoilt { get; init; }

    /// <summary>What to do with the next record read from the journal.</summary>
    /// <param name="record">The record.</param>
    public RecordVerdict Judge(JournalRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        // The last condition holds only where nothing fences, and two began one epoch: the first one's records count.
        if (record.Sequence <= Cursor.Sequence || record.Epoch.Value < Cursor.Epoch.Value
            || (record.Kind != JournalRecordKind.EpochStart && record.Epoch == Cursor.Epoch && record.Member != Cursor.Member))
        {
            return RecordVerdict.Skip;
        }

        if (Pending.Find(p => p.Record.Sequence == record.Sequence) is { } own
            && own.Record.Epoch == record.Epoch && own.Record.Member == record.Member)
        {
            return RecordVerdict.Own;
        }

        return IsAhead ? RecordVerdict.Foreign : RecordVerdict.Apply;
    }
}
