namespace Lockstep.Manager.Web.Supervision;

/// <summary>How the supervisor saw a worker die.</summary>
/// <param name="Group">Its group.</param>
/// <param name="Member">Its name.</param>
/// <param name="Pid">Its process id.</param>
/// <param name="WasSilent">True: it did not run (paused) and was killed. False: its connection ended.</param>
/// <param name="SeenAt">When the supervisor noticed.</param>
/// <param name="DeadAt">When the process was certainly gone; null while it is being taken apart.</param>
/// <param name="ClosedAt">When its ZooKeeper session was closed; null when it had none.</param>
internal sealed record Death(
    string Group, string Member, int Pid, bool WasSilent, DateTimeOffset SeenAt, DateTimeOffset? DeadAt, DateTimeOffset? ClosedAt);
