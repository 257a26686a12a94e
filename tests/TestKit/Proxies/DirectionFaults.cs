namespace Lockstep.TestKit.Proxies;

/// <summary>What a <see cref="FaultProxy"/> does to the bytes of one direction. Bytes always arrive in the order they were sent.</summary>
public sealed record DirectionFaults
{
    /// <summary>Nothing is done to them.</summary>
    public static DirectionFaults None { get; } = new();

    /// <summary>How long each piece of what was read is on its way; pieces overlap, so the throughput stays.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Up to so much more, drawn anew for each piece.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>
    /// Share of pieces (0 to 1) that are lost and sent again. TCP hides the loss of a packet behind its retransmission
    /// time-out, so a lost piece, and all behind it, comes <see cref="Retransmission"/> later, twice as late when it is lost
    /// again, and so on: what a kernel does at worst, without fast retransmit.
    /// </summary>
    public double Loss { get; init; }

    /// <summary>The retransmission time-out: 200 ms, the least that Linux takes.</summary>
    public TimeSpan Retransmission { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Whether anything passes.</summary>
    public Cut Cut { get; init; }
}
