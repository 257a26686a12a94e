namespace Lockstep.ZooKeeper.Session;

/// <summary>What the driver does on the session machine's behalf, in the order given.</summary>
internal abstract record SessionEffect
{
    private SessionEffect()
    {
    }

    /// <summary>Start to connect to a server; the answer is an opened or lost connection.</summary>
    internal sealed record OpenConnection(int Server) : SessionEffect;

    /// <summary>Send the handshake over the connection that was just opened.</summary>
    internal sealed record SendHandshake(SessionId SessionId, ReadOnlyMemory<byte> Password, TimeSpan Timeout) : SessionEffect;

    /// <summary>Close the connection, or give up opening it.</summary>
    internal sealed record CloseConnection(string Reason) : SessionEffect;

    /// <summary>Send a ping.</summary>
    internal sealed record SendPing : SessionEffect;

    /// <summary>Send the operation that closes the session.</summary>
    internal sealed record SendCloseSession : SessionEffect;

    /// <summary>Show the identities and set the watches again; comes before requests may be sent.</summary>
    internal sealed record RestoreSession : SessionEffect;

    /// <summary>Tell the user of the new state.</summary>
    internal sealed record EnterState(SessionState State) : SessionEffect;

    /// <summary>Send the requests that waited for the first connection.</summary>
    internal sealed record SendHeldCalls : SessionEffect;

    /// <summary>End all calls that have no answer.</summary>
    internal sealed record FailCalls(ErrorCode Error) : SessionEffect;
}
