namespace Lockstep.Contracts.Failover;

/// <summary>
/// How a takeover went, as the member that took over measured it on its monotonic clock: milliseconds after
/// <see cref="BeganAt"/>, null for what has not happened (yet). Phases overlap: only the first and the last ones are in order.
/// The supervisor's part (death seen, session closed) lies before and is measured by the manager.
/// </summary>
public sealed record TakeoverPhases
{
    /// <summary>
    /// Wall clock of this member when it learned that the znode before its own is gone, or, when it learned of no such thing
    /// (start, emergency, unclear commit), when it began to acquire.
    /// </summary>
    public required DateTimeOffset BeganAt { get; init; }

    /// <summary>True: it began with the notice that the znode before its own is gone.</summary>
    public bool ZnodeGone { get; init; }

    /// <summary>The epoch that it began; 0 while none has begun.</summary>
    public long Epoch { get; init; }

    /// <summary>It began to acquire: it knows that it comes first, or that it may without coordination.</summary>
    public double? ElectedMs { get; init; }

    /// <summary>The predecessor is fenced and its open transaction has ended.</summary>
    public double? FencedMs { get; init; }

    /// <summary>The ends of journal and outbound topics, asked after the fence, are known.</summary>
    public double? EndsKnownMs { get; init; }

    /// <summary>Journal applied and outbound topics read up to those ends.</summary>
    public double? JournalAppliedMs { get; init; }

    /// <summary>The client's producer holds the transactional id.</summary>
    public double? ProducerReadyMs { get; init; }

    /// <summary>The epoch start is committed: the member is active.</summary>
    public double? EpochStartMs { get; init; }

    /// <summary>The first commit with results has ended.</summary>
    public double? FirstResultMs { get; init; }
}
