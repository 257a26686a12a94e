namespace Lockstep.ZooKeeper.Session;

/// <summary>An immutable look at a session, for readers on other threads.</summary>
/// <param name="State">How the client stands.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Password">Its password.</param>
/// <param name="Timeout">Its time-out.</param>
/// <param name="Connections">How often the client was connected: what was read with another number may be out of date.</param>
internal sealed record SessionStatus(
    SessionState State,
    SessionId SessionId,
    ReadOnlyMemory<byte> Password,
    TimeSpan Timeout,
    int Connections)
{
    /// <summary>True when the session will never be used again.</summary>
    public bool IsFinal => State is SessionState.Expired or SessionState.Closed or SessionState.AuthFailed;

    /// <summary>What calls on a session that is over fail with.</summary>
    public ErrorCode FinalError => State switch
    {
        SessionState.AuthFailed => ErrorCode.AuthFailed,
        SessionState.Closed => ErrorCode.ConnectionLoss,
        _ => ErrorCode.SessionExpired,
    };
}
