using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Retention;

/// <summary>
/// By a date or stamp field: the clock is the largest value seen, and rows go after the event that moved it.
/// Sliding: rows with clock - field at or above the limit. Jumping: rows before the last multiple of the limit, counted
/// from the first value seen. With a step, a sliding clock moves by multiples of it, counted likewise. Rows without a
/// value never go. Of equal age, the row changed first goes first.
/// </summary>
internal sealed class FieldTimeRetention(int field, long unitMicroseconds, long limitMicroseconds, bool jumping, long stepMicroseconds)
    : RetentionRule
{
    // The queue is rebuilt from the rows when more than half of it is stale, so it stays within twice the rows and
    // this.
    private const int StaleEntriesMax = 64;

    private readonly PriorityQueue<int, (long Time, long Sequence)> _queue = new();
    private long? _first;
    private long _clock;

    /// <inheritdoc/>
    public override void OnChanged(RowStore rows, int slot)
    {
        if (rows.Column(field).IsNull(slot))
        {
            return;
        }

        var time = TimeOf(rows, slot);
        _clock = _first is null ? time : Math.Max(_clock, time);
        _first ??= time;
        _queue.Enqueue(slot, (time, rows.SequenceOf(slot)));
        if (_queue.Count > (2 * rows.Count) + StaleEntriesMax)
        {
            Rebuild(rows);
        }
    }

    /// <inheritdoc/>
    public override void AfterEvent(RowStore rows, EventBlock output)
    {
        if (_first is not { } first)
        {
            return;
        }

        var boundary = jumping
            ? first + ((_clock - first) / limitMicroseconds * limitMicroseconds) - 1
            : first + ((_clock - first) / stepMicroseconds * stepMicroseconds) - limitMicroseconds;
        while (_queue.TryPeek(out var slot, out var age) && age.Time <= boundary)
        {
            _queue.Dequeue();
            if (rows.SequenceOf(slot) == age.Sequence)
            {
                Evict(rows, slot, output);
            }
        }
    }

    /// <inheritdoc/>
    public override ulong Digest() =>
        _first is { } first ? StateHash.Combine((ulong)first, (ulong)_clock) : 0;

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer)
    {
        writer.Write(_first.HasValue);
        writer.Write(_first ?? 0);
        writer.Write(_clock);
    }

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader, RowStore rows)
    {
        var any = reader.ReadBool();
        var first = reader.ReadInt64();
        _first = any ? first : null;
        _clock = reader.ReadInt64();
        Rebuild(rows);
    }

    private void Rebuild(RowStore rows)
    {
        _queue.Clear();
        for (var slot = rows.Oldest; slot >= 0; slot = rows.After(slot))
        {
            if (!rows.Column(field).IsNull(slot))
            {
                _queue.Enqueue(slot, (TimeOf(rows, slot), rows.SequenceOf(slot)));
            }
        }
    }

    private long TimeOf(RowStore rows, int slot) => rows.Column(field).GetInt64(slot) * unitMicroseconds;
}
