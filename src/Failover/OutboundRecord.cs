using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;

namespace Lockstep.Failover;

/// <summary>One record for an outbound topic.</summary>
/// <param name="TopicIndex">Index of the outbound topic in the order of the model, from 0.</param>
/// <param name="Value">Its value; not changed before its commit has ended.</param>
/// <param name="StepStamp">What the stamps of all records of its step say alike; message id, q and last flag there mean nothing.</param>
/// <param name="MessageId">The inbound record that caused it.</param>
/// <param name="Q">Dense counter of the records of its topic, from 1.</param>
/// <param name="IsLast">True for the last record of the step on this topic.</param>
public readonly record struct OutboundRecord(
    int TopicIndex, ReadOnlyMemory<byte> Value, OutboundStamp StepStamp, MessageId MessageId, long Q, bool IsLast)
{
    /// <summary>A record with a stamp of its own.</summary>
    public OutboundRecord(int topicIndex, ReadOnlyMemory<byte> value, OutboundStamp stamp)
        : this(topicIndex, value, stamp, stamp.MessageId, stamp.Q, stamp.IsLast)
    {
    }

    /// <summary>What it carries in its header.</summary>
    public OutboundStamp Stamp => StepStamp with { MessageId = MessageId, Q = Q, IsLast = IsLast };
}
