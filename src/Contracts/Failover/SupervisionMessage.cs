namespace Lockstep.Contracts.Failover;

/// <summary>
/// One line (JSON, LF) that a supervised worker writes to its launcher's Unix socket. The launcher answers nothing.
/// When the socket ends without <see cref="SupervisionKind.Bye"/>, or no beat comes for the limit, the launcher makes
/// sure that the process is dead and closes its ZooKeeper session (docs/failover.md, supervised death).
/// </summary>
/// <param name="Kind">What it says.</param>
/// <param name="Group">Name of the deployed group.</param>
/// <param name="Member">Name of the member.</param>
/// <param name="Pid">The worker's process id.</param>
/// <param name="Incarnation">A value made once a process.</param>
/// <param name="SessionId">ZooKeeper session id; 0 while there is none.</param>
/// <param name="SessionPassword">Its password, base64; never logged.</param>
public sealed record SupervisionMessage(
    SupervisionKind Kind, string Group, string Member, int Pid, string Incarnation, long SessionId, string SessionPassword);

/// <summary>The kinds of <see cref="SupervisionMessage"/>.</summary>
public enum SupervisionKind
{
    /// <summary>First line, and again whenever the session changes.</summary>
    Session,

    /// <summary>Alive; every 100 ms from a thread of its own.</summary>
    Beat,

    /// <summary>Ends on purpose, its session is closed: nothing to do.</summary>
    Bye,
}
