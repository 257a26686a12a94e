namespace Lockstep.ZooKeeper.Session;

/// <summary>What reaches the session's owner, from users, connections and the timer.</summary>
internal abstract record DriverInput
{
    private DriverInput()
    {
    }

    /// <summary>A user's request.</summary>
    internal sealed record Submitted(PendingCall Call) : DriverInput;

    /// <summary>A user wants to be disconnected for good.</summary>
    internal sealed record CloseAsked(bool KeepSession) : DriverInput;

    /// <summary>A deadline may have passed.</summary>
    internal sealed record TimerFired : DriverInput;

    /// <summary>A connection can be written to.</summary>
    internal sealed record Opened(SessionConnection Connection) : DriverInput;

    /// <summary>A frame came, read at a time on the driver's clock.</summary>
    internal sealed record FrameCame(SessionConnection Connection, byte[] Frame, TimeSpan At) : DriverInput;

    /// <summary>A connection ended, or never opened.</summary>
    internal sealed record ConnectionEnded(SessionConnection Connection, string Reason) : DriverInput;
}
