using Lockstep.Failover;

namespace Lockstep.Engine.Worker.Options;

/// <summary>Exit codes of the worker; the launcher decides by them whether to start it again (diagnostics.md).</summary>
internal static class ExitCode
{
    /// <summary>Ended on purpose.</summary>
    public const int Done = 0;

    /// <summary>The model is invalid.</summary>
    public const int InvalidModel = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>A connector failed and nothing is left to do; the log says why.</summary>
    public const int ConnectorFailed = 4;

    /// <summary>A defect: an exception that nobody expected.</summary>
    public const int Defect = 5;

    /// <summary>All has ended but for connector groups that never start: they wait for the end of connectors that have none.</summary>
    public const int GroupNotStarted = 6;

    /// <summary>Another member has taken over: start again, it rejoins as standby.</summary>
    public const int Fenced = 70;

    /// <summary>Commits failed for too long while another member waited: start again.</summary>
    public const int CannotCommit = 71;

    /// <summary>Kafka refused a commit for good: a person must act.</summary>
    public const int CommitRefused = 72;

    /// <summary>An invariant does not hold: a person must act.</summary>
    public const int Inconsistent = 73;

    /// <summary>An inbound record can't be decoded, and the policy is to stop there: a person must act.</summary>
    public const int Poisoned = 74;

    /// <summary>The code of a member's end. None is that of a refused model: the launcher would not start it again.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The end is not one of the enumeration.</exception>
    public static int Of(FailoverExit exit) => exit switch
    {
        FailoverExit.Stopped => Done,
        FailoverExit.Fenced => Fenced,
        FailoverExit.CannotCommit => CannotCommit,
        FailoverExit.CommitRefused => CommitRefused,
        FailoverExit.Inconsistent => Inconsistent,
        FailoverExit.Poisoned => Poisoned,
        _ => throw new ArgumentOutOfRangeException(nameof(exit), exit, "Not an end of a member."),
    };
}
