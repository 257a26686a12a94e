using System.Collections.Immutable;
using Lockstep.Contracts.Failover;

namespace Lockstep.Failover;

/// <summary>Where a member stands in the election.</summary>
public enum ElectionStanding
{
    /// <summary>It has no znode.</summary>
    None,

    /// <summary>Others come before it.</summary>
    Waiting,

    /// <summary>Its znode is the lowest and belongs to its session.</summary>
    First,
}

/// <summary>State of the coordination session.</summary>
public enum SessionState
{
    /// <summary>The ensemble answers.</summary>
    Connected,

    /// <summary>Nothing is heard; the session may live or not.</summary>
    Suspended,

    /// <summary>The ensemble said that the session is over: its znodes are gone.</summary>
    Expired,
}

/// <summary>How a commit ended.</summary>
public enum CommitOutcome
{
    /// <summary>Committed.</summary>
    Done,

    /// <summary>Refused: another member holds the transactional id.</summary>
    Fenced,

    /// <summary>Nobody can say; the next fence and the journal will.</summary>
    Unclear,

    /// <summary>Refused for good.</summary>
    Refused,
}

/// <summary>What happens to a member: a closed set. Answers carry the attempt of the effect that asked.</summary>
public abstract record FailoverInput
{
    private FailoverInput()
    {
    }

    /// <summary>The state was set: restored from a snapshot, or empty.</summary>
    /// <param name="Cursor">Where in the journal it stands.</param>
    public sealed record StateRestored(JournalCursor Cursor) : FailoverInput;

    /// <summary>A record of the journal was applied to the engine (see <see cref="FailoverState.Judge"/>).</summary>
    public sealed record RecordApplied(JournalRecord Record) : FailoverInput;

    /// <summary>A record was read that is this member's own and in the engine already.</summary>
    public sealed record OwnRecordRead(JournalRecord Record) : FailoverInput;

    /// <summary>A record of another writer was read while this member's state held something that it contradicts.</summary>
    public sealed record ForeignRecordRead(JournalRecord Record) : FailoverInput;

    /// <summary>The journal is applied up to where it ended a moment ago.</summary>
    public sealed record CaughtUp : FailoverInput;

    /// <summary>Journal or inbound topic don't reach back to this member's state, and no newer snapshot was found.</summary>
    public sealed record CannotRecover(string Reason) : FailoverInput;

    /// <summary>A standby is further behind than its limit.</summary>
    /// <param name="Records">Journal records not applied.</param>
    public sealed record FellBehind(long Records) : FailoverInput;

    /// <summary>
    /// The state can't be carried on: its digest differs from the journal's (F3), or the next record of the journal or of an
    /// inbound topic is not there (F4).
    /// </summary>
    public sealed record StateLost(string Reason) : FailoverInput;

    /// <summary>The election changed.</summary>
    /// <param name="Standing">Where this member stands.</param>
    /// <param name="Candidates">How many stand for election, this one included.</param>
    public sealed record ElectionChanged(ElectionStanding Standing, int Candidates) : FailoverInput;

    /// <summary>The coordination session changed.</summary>
    public sealed record SessionChanged(SessionState Session) : FailoverInput;

    /// <summary>Answer to <see cref="FailoverEffect.ConfirmLeadership"/>.</summary>
    public sealed record LeadershipAnswered(int Attempt, ElectionStanding Standing) : FailoverInput
    {
        /// <summary>Why the member is not in the election, or coordination can't tell; for people.</summary>
        public string? Reason { get; init; }
    }

    /// <summary>
    /// Answer to <see cref="FailoverEffect.Fence"/>: the predecessor is fenced, its transaction has ended, and the producer holds
    /// the id. Never before that: taking the id fences whoever has fenced meanwhile and perhaps committed.
    /// </summary>
    public sealed record FenceDone(int Attempt) : FailoverInput;

    /// <summary>
    /// Answer to <see cref="FailoverEffect.Fence"/>: not now. May follow a <see cref="FenceDone"/> when the producer did not get
    /// ready; nothing was sent then.
    /// </summary>
    public sealed record FenceFailed(int Attempt, string Reason) : FailoverInput;

    /// <summary>Answer to <see cref="FailoverEffect.ApplyToEnd"/>: journal applied to the end asked after the fence.</summary>
    /// <param name="Attempt">The attempt.</param>
    /// <param name="StreamTime">The member's clock, microseconds since 1970 UTC.</param>
    /// <param name="InboundStart">Where the inbound topics begin for a group without journal.</param>
    /// <param name="SeenQ">Last q found on each outbound topic, up to the end asked after the fence; 0 for none.</param>
    /// <param name="LastStamp">Stamp of the newest record of an outbound topic that is ahead of the journal; null for none.</param>
    public sealed record AppliedToEnd(
        int Attempt, long StreamTime, ImmutableArray<long> InboundStart, ImmutableArray<long> SeenQ, OutboundStamp? LastStamp)
        : FailoverInput
    {
        /// <summary>Hash of the state at that end; written with the epoch start. Null: not taken.</summary>
        public ulong? StateDigest { get; init; }
    }

    /// <summary>Answer to <see cref="FailoverEffect.RepeatTorn"/>: the step was applied again.</summary>
    /// <param name="Attempt">The attempt.</param>
    /// <param name="Commit">The whole step, with the outputs that the topics hold already.</param>
    public sealed record TornRepeated(int Attempt, JournalCommit Commit) : FailoverInput;

    /// <summary>Answer to <see cref="FailoverEffect.ComputeFirst"/>.</summary>
    /// <param name="Attempt">The attempt.</param>
    /// <param name="Commit">The epoch start, with a first step or without; the engine contains it.</param>
    public sealed record FirstComputed(int Attempt, JournalCommit Commit) : FailoverInput;

    /// <summary>The active has computed a step. Only while the gate is open and nothing else is pending.</summary>
    public sealed record StepSealed(JournalCommit Commit) : FailoverInput;

    /// <summary>Answer to <see cref="FailoverEffect.CloseGate"/>.</summary>
    /// <param name="Open">The step that was being computed, or null.</param>
    /// <param name="StateDigest">Hash of the state after it.</param>
    public sealed record GateClosed(JournalCommit? Open, ulong? StateDigest) : FailoverInput;

    /// <summary>Answer to <see cref="FailoverEffect.Commit"/>.</summary>
    public sealed record CommitEnded(int Attempt, long Sequence, CommitOutcome Outcome, string Reason) : FailoverInput;

    /// <summary>Give over to another member.</summary>
    /// <param name="To">Its name, or null for whoever is next.</param>
    /// <param name="ModelDigest">Digest of the version that is to go on; null for the same.</param>
    public sealed record SwitchoverAsked(string? To, string? ModelDigest = null) : FailoverInput;

    /// <summary>A shadow is to take the group from the version that writes, because that can't give over any more.</summary>
    public sealed record TakeBackAsked : FailoverInput;

    /// <summary>End; an active gives over first.</summary>
    public sealed record StopAsked : FailoverInput;

    /// <summary>Only time passed. To be given at least every 100 ms.</summary>
    public sealed record TimePassed : FailoverInput;
}
