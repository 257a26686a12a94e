using Lockstep.Engine.State;

namespace Lockstep.Engine.Indexes;

/// <summary>Rows to and from snapshots.</summary>
internal sealed partial class RowStore
{
    // They stand in parts of so many, each column by column.
    private const int SnapshotRows = 1024;

    public void Write(SnapshotWriter writer)
    {
        writer.Write(_sequence);
        writer.Write(Count);
        var slots = SlotsInOrder();
        for (var at = 0; at < slots.Length; at += SnapshotRows)
        {
            var part = slots.AsSpan(at, Math.Min(SnapshotRows, slots.Length - at));
            foreach (var slot in part)
            {
                writer.Write(_changed[slot]);
                writer.Write(_sequences[slot]);
            }

            foreach (var column in _columns)
            {
                column.WriteAll(part, writer);
            }
        }
    }

    /// <summary>Reads rows into an empty store.</summary>
    public void Read(SnapshotReader reader)
    {
        var sequence = reader.ReadInt64();
        var count = reader.ReadCount();
        // A little more, so that the next insert need not make room.
        var room = reader.RoomFor(count, 2 * sizeof(long));
        Resize(room + (room / 8));
        (_used, _free) = (0, None);
        var hashes = new ulong[SnapshotRows];
        for (var at = 0; at < count; at += SnapshotRows)
        {
            ReadPart(reader, hashes.AsSpan(0, Math.Min(SnapshotRows, count - at)));
        }

        _sequence = sequence;
        _table.Fill(_next.Length, _used);
    }

    /// <summary>Reads the next rows into new slots; they are not found by key yet.</summary>
    private void ReadPart(SnapshotReader reader, Span<ulong> hashes)
    {
        var (first, count) = (_used, hashes.Length);
        if (first + count > _next.Length)
        {
            Resize(Math.Max(first + count, _next.Length + (_next.Length / 2)));
        }

        _table.Resize(_next.Length);
        _used += count;
        for (var slot = first; slot < _used; slot++)
        {
            _changed[slot] = reader.ReadInt64();
            _sequences[slot] = reader.ReadInt64();
        }

        foreach (var column in _columns)
        {
            column.ReadAll(first, count, reader);
        }

        KeyHash.OfSlots(_columns, _keys, first, hashes);
        for (var i = 0; i < count; i++)
        {
            _table.SetHash(first + i, hashes[i]);
            hashes[i] = StateHash.Combine((ulong)_changed[first + i], (ulong)_sequences[first + i]);
        }

        foreach (var column in _columns)
        {
            column.Combine(first, hashes);
        }

        for (var i = 0; i < count; i++)
        {
            Chain(first + i, hashes[i]);
        }
    }
}
