namespace Lockstep.ZooKeeper;

/// <summary>How a client stands with its ensemble.</summary>
/// <remarks>
/// <code>
/// Connecting -> Connected &lt;-> Suspended -> Expired
///      any state -> Closed, AuthFailed
/// </code>
/// Expired, Closed and AuthFailed are final: start another client.
/// </remarks>
public enum SessionState
{
    /// <summary>No server has been reached yet; requests wait.</summary>
    Connecting,

    /// <summary>A server answers; requests are sent.</summary>
    Connected,

    /// <summary>The connection is lost and being made again; the session may still live. Requests fail at once with connection loss.</summary>
    Suspended,

    /// <summary>The session is over, by the server's word or because nothing was heard for 4/3 of its time-out; its ephemerals are or will be gone.</summary>
    Expired,

    /// <summary>The client was disposed and its session closed.</summary>
    Closed,

    /// <summary>The server refused an identity.</summary>
    AuthFailed,
}
