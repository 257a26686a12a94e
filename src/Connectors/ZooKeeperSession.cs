namespace Lockstep.Connectors;

/// <summary>The identity of a ZooKeeper session: what a launcher needs to close it for a process that has died.</summary>
/// <param name="Id">Session id; 0 while there is none.</param>
/// <param name="Password">Its password, base64; never logged.</param>
public sealed record ZooKeeperSession(long Id, string Password)
{
    /// <summary>No session.</summary>
    public static readonly ZooKeeperSession None = new(0, "");

    /// <summary>Without the password.</summary>
    public override string ToString() => $"0x{Id:x}";
}
