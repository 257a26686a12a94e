using Lockstep.Contracts.Failover;

namespace Lockstep.Failover;

/// <summary>What a driver is to do: a closed set, carried out in order.</summary>
public abstract record FailoverEffect
{
    private FailoverEffect()
    {
    }

    /// <summary>Create the znode as soon as there is a session, and again with each new session, until told to leave.</summary>
    public sealed record JoinElection : FailoverEffect;

    /// <summary>Delete the znode.</summary>
    public sealed record LeaveElection : FailoverEffect;

    /// <summary>sync, then list the znodes: answer <see cref="FailoverInput.LeadershipAnswered"/>.</summary>
    public sealed record ConfirmLeadership(int Attempt) : FailoverEffect;

    /// <summary>
    /// Fence whoever holds the transactional id, then take it with a producer of one's own: answer
    /// <see cref="FailoverInput.FenceDone"/> or <see cref="FailoverInput.FenceFailed"/>.
    /// </summary>
    public sealed record Fence(int Attempt) : FailoverEffect;

    /// <summary>
    /// Ask for the ends of journal and outbound topics now, apply the journal up to there (or, for what the engine holds
    /// already, report it): answer <see cref="FailoverInput.AppliedToEnd"/>, or <see cref="FailoverInput.FenceFailed"/> when the
    /// ends can't be had.
    /// </summary>
    public sealed record ApplyToEnd(int Attempt) : FailoverEffect;

    /// <summary>Apply the step that a stamp tells of: answer <see cref="FailoverInput.TornRepeated"/>.</summary>
    public sealed record RepeatTorn(int Attempt, OutboundStamp Stamp) : FailoverEffect;

    /// <summary>
    /// Compute a first step out of what has been read, to be committed under this epoch start: answer
    /// <see cref="FailoverInput.FirstComputed"/> at once, before any other input. The start alone is an answer too.
    /// </summary>
    public sealed record ComputeFirst(int Attempt, JournalRecord Start) : FailoverEffect;

    /// <summary>Send and commit: answer <see cref="FailoverInput.CommitEnded"/>.</summary>
    public sealed record Commit(int Attempt, JournalCommit Content) : FailoverEffect;

    /// <summary>Read, compute and seal steps.</summary>
    public sealed record OpenGate(Epoch Epoch) : FailoverEffect;

    /// <summary>Take no more input: answer <see cref="FailoverInput.GateClosed"/> with the step that was being computed.</summary>
    public sealed record CloseGate : FailoverEffect;

    /// <summary>Throw the producer away, whatever it is doing.</summary>
    public sealed record DisposeProducer : FailoverEffect;

    /// <summary>Throw the engine's state away and recover: answer <see cref="FailoverInput.StateRestored"/>.</summary>
    public sealed record Rebuild(string Reason) : FailoverEffect;

    /// <summary>Tell the world: log line, event, znode content.</summary>
    public sealed record ReportRole(MemberRole From, MemberRole To, string Reason, Epoch Epoch) : FailoverEffect;

    /// <summary>A switchover was asked for that can't be done.</summary>
    public sealed record RefuseSwitchover(string Reason) : FailoverEffect;

    /// <summary>The member's life ends.</summary>
    public sealed record End(FailoverExit Exit, string Reason) : FailoverEffect;
}
