using System.Collections.Immutable;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Failover;

/// <summary>What an outbound record carries in its header <see cref="HeaderName"/>: enough to repeat a torn commit exactly.</summary>
public sealed record OutboundStamp
{
    /// <summary>Name of the record header that holds the encoded stamp.</summary>
    public const string HeaderName = "lockstep";

    /// <summary>The failover group.</summary>
    public required string Group { get; init; }

    /// <summary>Name of the member that wrote it.</summary>
    public required string Member { get; init; }

    /// <summary>Epoch of the active that wrote it.</summary>
    public required Epoch Epoch { get; init; }

    /// <summary>Sequence of the journal record of the same commit.</summary>
    public required long Sequence { get; init; }

    /// <summary>Stream time of the step, microseconds since 1970 UTC.</summary>
    public required long StreamTime { get; init; }

    /// <summary>The inbound records of the step.</summary>
    public ImmutableArray<InboundRun> Runs { get; init; } = [];

    /// <summary>The inbound record that caused this output.</summary>
    public required MessageId MessageId { get; init; }

    /// <summary>Dense counter of the records of this outbound topic, from 1.</summary>
    public required long Q { get; init; }

    /// <summary>True for the last record of the step on this topic.</summary>
    public bool IsLast { get; init; }

    /// <summary>Version of the published project, or empty.</summary>
    public string Version { get; init; } = "";
}
