using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Kafka;

/// <summary>Several records of one inbound topic that follow each other, at least two, with their events in one block.</summary>
internal readonly struct InboundRecords(int topicIndex, InboundChunk chunk, int end, EventBlock block)
{
    private readonly int _first = chunk.At;
    private readonly int _firstRow = chunk.FirstRow;

    public int TopicIndex => topicIndex;

    /// <summary>The events of all, in order; may have none.</summary>
    public EventBlock Block => block;

    public int Count => end - _first;

    public long FirstOffset => chunk.OffsetOf(_first);

    public long LastOffset => chunk.OffsetOf(end - 1);

    /// <summary>Offset of a record, by its place among these.</summary>
    public long OffsetOf(int index) => chunk.OffsetOf(_first + index);

    /// <summary>One behind the last row of a record's events in <see cref="Block"/>.</summary>
    public int RowEndOf(int index) => chunk.RowEndOf(_first + index) - _firstRow;
}
