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
        var (slots, hashes) = (new int[SnapshotRows], new ulong[SnapshotRows]);
        for (var at = 0; at < count; at += SnapshotRows)
        {
            ReadPart(reader, slots.AsSpan(0, Math.Min(SnapshotRows, count - at)), hashes);
        }

        _sequence = sequence;
        _table.Rebuild(_next.Length, SlotsInOrder());
    }

    /// <summary>Reads the next rows into new slots; they are not found by key yet.</summary>
    private void ReadPart(SnapshotReader reader, Span<int> slots, Span<ulong> hashes)
    {
        hashes = hashes[..slots.Length];
        for (var i = 0; i < slots.Length; i++)
        {
            var slot = slots[i] = Take();
            _changed[slot] = reader.ReadInt64();
            _sequences[slot] = reader.ReadInt64();
        }

        foreach (var column in _columns)
        {
            column.ReadAll(slots, reader);
        }

        hashes.Clear();
        foreach (var key in _keys)
        {
            _columns[key].Combine(slots, hashes);
        }

        for (var i = 0; i < slots.Length; i++)
        {
            _table.SetHash(slots[i], hashes[i]);
            hashes[i] = StateHash.Combine((ulong)_changed[slots[i]], (ulong)_sequences[slots[i]]);
        }

        foreach (var column in _columns)
        {
            column.Combine(slots, hashes);
        }

        for (var i = 0; i < slots.Length; i++)
        {
            Chain(slots[i], hashes[i]);
        }
    }
}
