using Lockstep.Contracts.Events;
using Lockstep.Kafka;

namespace Lockstep.Connectors.Kafka;

/// <summary>One inbound record, decoded.</summary>
/// <param name="TopicIndex">Index of its topic.</param>
/// <param name="Offset">Its offset.</param>
/// <param name="Block">Its events, valid until the next record of its topic is looked at; null when it could not be decoded.</param>
/// <param name="Raw">The record as it was read when it could not be decoded.</param>
/// <param name="Fault">Why it could not be decoded; null when it could.</param>
internal readonly record struct InboundRecord(int TopicIndex, long Offset, EventBlock? Block, KafkaRecord? Raw, string? Fault)
{
    /// <summary>True: records before it were deleted before this member could read them.</summary>
    public bool FollowsGap { get; init; }
}
