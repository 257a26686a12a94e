namespace Lockstep.Failover;

/// <summary>Why a member ends. The worker process turns it into its exit code (docs/reference/diagnostics.md).</summary>
public enum FailoverExit
{
    /// <summary>Asked to stop; everything computed is committed.</summary>
    Stopped,

    /// <summary>Another member has taken over while this one had uncommitted state: start again, recover by snapshot.</summary>
    Fenced,

    /// <summary>Commits failed for too long while another member waited: start again.</summary>
    CannotCommit,

    /// <summary>Kafka refused a commit for good (rights, sizes, settings): a person must act.</summary>
    CommitRefused,

    /// <summary>An invariant F1 to F5 does not hold: a person must act.</summary>
    Inconsistent,

    /// <summary>An inbound record can't be decoded, and the policy is to stop there: a person must act.</summary>
    Poisoned,
}
