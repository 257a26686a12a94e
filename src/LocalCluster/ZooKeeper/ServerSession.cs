using Lockstep.ZooKeeper;

namespace Lockstep.LocalCluster.ZooKeeper;

/// <summary>A session as the server knows it. Owned by the server's lock.</summary>
internal sealed class ServerSession(SessionId id, ReadOnlyMemory<byte> password, TimeSpan timeout)
{
    public SessionId Id { get; } = id;

    public ReadOnlyMemory<byte> Password { get; } = password;

    public TimeSpan Timeout { get; set; } = timeout;

    /// <summary>When its client was last heard, by the server's timestamps.</summary>
    public long HeardAt { get; set; }

    /// <summary>The connection that uses it now.</summary>
    public ServerConnection? Connection { get; set; }
}
