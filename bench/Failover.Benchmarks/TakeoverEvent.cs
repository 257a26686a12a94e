namespace Lockstep.Failover.Benchmarks;

/// <summary>
/// One takeover as measured. All but the first three are milliseconds after the kill or the request, null where there is no such
/// thing. What members say carries their own wall clock, which is this machine's.
/// </summary>
internal sealed record TakeoverEvent
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>From the last record of the old epoch to the first of the new one, at an independent read_committed reader, ms.</summary>
    public required double SilenceMs { get; init; }

    /// <summary>The longest silence from the event until the next one is prepared, whatever the cause, ms.</summary>
    public required double LongestMs { get; init; }

    /// <summary>The last record of the old epoch arrived; negative: before the event.</summary>
    public required double LastOldMs { get; init; }

    /// <summary>The manager saw the death.</summary>
    public double? SeenMs { get; init; }

    /// <summary>The manager had the session closed.</summary>
    public double? ClosedMs { get; init; }

    /// <summary>The standby heard that the znode is gone.</summary>
    public double? ZnodeGoneMs { get; init; }

    /// <summary>It began to acquire.</summary>
    public double? ElectedMs { get; init; }

    /// <summary>The predecessor was fenced.</summary>
    public double? FencedMs { get; init; }

    /// <summary>The ends were known.</summary>
    public double? EndsKnownMs { get; init; }

    /// <summary>The journal was applied up to them.</summary>
    public double? JournalAppliedMs { get; init; }

    /// <summary>The producer held the transactional id.</summary>
    public double? ProducerReadyMs { get; init; }

    /// <summary>The epoch start was committed.</summary>
    public double? EpochStartMs { get; init; }

    /// <summary>The first results were committed.</summary>
    public double? FirstResultMs { get; init; }

    /// <summary>The first record of the new epoch arrived at the reader.</summary>
    public required double FirstNewMs { get; init; }
}
