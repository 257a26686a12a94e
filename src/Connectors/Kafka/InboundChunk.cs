using Lockstep.Contracts.Events;
using Lockstep.Kafka;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// Some inbound records of one topic, decoded into one block: filled by the reader's thread, used up record by record by the
/// engine's, then filled again.
/// </summary>
internal sealed class InboundChunk(Schema schema)
{
    private Entry[] _entries = new Entry[16];

    /// <summary>Events of all records, in order.</summary>
    public EventBlock Block { get; } = new(schema, 64);

    public int Count { get; private set; }

    /// <summary>Bytes of all records.</summary>
    public long Bytes { get; private set; }

    /// <summary>The record that is next to be used.</summary>
    public int At { get; set; }

    /// <summary>True: records before its first one were deleted before they could be read.</summary>
    public bool FollowsGap { get; set; }

    /// <summary>True: its records are not to be shown together.</summary>
    public bool IsTakenSingly { get; set; }

    public ref readonly Entry Current => ref _entries[At];

    /// <summary>Row of the block at which the current record's events begin.</summary>
    public int FirstRow => At == 0 ? 0 : _entries[At - 1].RowEnd;

    /// <summary>Offset of a record.</summary>
    public long OffsetOf(int index) => _entries[index].Offset;

    /// <summary>One behind the last row of a record's events.</summary>
    public int RowEndOf(int index) => _entries[index].RowEnd;

    /// <summary>One behind the last of the next records that could be decoded, with a bound on their number and their offsets.</summary>
    public int EndOfSeveral(int most, long lastOffset)
    {
        var bound = Math.Min(Count - At, most) + At;
        for (var i = At; i < bound; i++)
        {
            ref readonly var entry = ref _entries[i];
            if (entry.Fault is not null || entry.Offset > lastOffset)
            {
                return i;
            }
        }

        return bound;
    }

    public void Clear()
    {
        Block.Clear();
        Array.Clear(_entries, 0, Count);
        (Count, Bytes, At, IsTakenSingly) = (0, 0, 0, false);
    }

    /// <summary>Ends a record: its events are in the block.</summary>
    public void End(long offset, int bytes, KafkaRecord? raw = null, string? fault = null)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        _entries[Count++] = new Entry(offset, Block.Count, raw, fault);
        Bytes += bytes;
    }

    internal readonly record struct Entry(long Offset, int RowEnd, KafkaRecord? Raw, string? Fault);
}
