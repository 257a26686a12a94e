using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Indexes;

/// <summary>
/// Rows by key, as arrays of values a field; freed slots are reused. Rows are linked from the one whose last change
/// is
/// longest ago to the newest: the order of retention and of snapshots. The hash of all rows follows each change.
/// </summary>
internal sealed class RowStore
{
    private const int None = -1;
    private const int LargeRows = 64 * 1024;

    // Rows of a snapshot stand in parts of so many, each column by column.
    private const int SnapshotRows = 1024;
    private readonly Schema _schema;
    private readonly StoreColumn[] _columns;
    private readonly int[] _keys;
    private readonly KeyTable _table = new();
    private int[] _next = [];
    private int[] _previous = [];
    private long[] _changed = [];
    private long[] _sequences = [];
    private ulong[] _hashes = [];
    private int _free = None;
    private int _used;
    private long _sequence;

    public RowStore(Schema schema)
    {
        _schema = schema;
        _columns = [.. schema.Fields.Select(f => StoreColumn.Create(f.Type))];
        _keys = [.. schema.KeyIndexes];
    }

    /// <summary>How many rows.</summary>
    public int Count { get; private set; }

    /// <summary>The row whose last change is longest ago, or -1.</summary>
    public int Oldest { get; private set; } = None;

    /// <summary>The row changed last, or -1.</summary>
    public int Newest { get; private set; } = None;

    /// <summary>Sum of the hashes of all rows, order and times of last change included.</summary>
    public ulong Hash { get; private set; }

    /// <summary>The row that changed after this one, or -1.</summary>
    public int After(int slot) => _next[slot];

    /// <summary>Stream time of a row's last change.</summary>
    public long ChangedAt(int slot) => _changed[slot];

    /// <summary>Number of a row's last change; grows with every change of any row.</summary>
    public long SequenceOf(int slot) => _sequences[slot];

    public StoreColumn Column(int index) => _columns[index];

    /// <summary>The slot of the row with the key of an event, or -1.</summary>
    public int Find(EventBlock block, int row)
    {
        var columns = block.Columns;
        var slot = _table.First(ColumnHash.OfRow(columns, _keys, row));
        while (slot != None && !HasKey(slot, columns, row))
        {
            slot = _table.Next(slot);
        }

        return slot;
    }

    /// <summary>Adds a row; its key must be new.</summary>
    public int Insert(EventBlock block, int row, long now)
    {
        var slot = Take();
        var columns = block.Columns;
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i].Set(slot, columns[i], row);
        }

        _table.Add(slot, ColumnHash.OfRow(columns, _keys, row));
        Link(slot, now);
        return slot;
    }

    /// <summary>
    /// Replaces a row's values and makes it the newest; null fields may keep the stored value (partial update).
    /// </summary>
    public void Update(int slot, EventBlock block, int row, long now, bool keepNulls)
    {
        Unlink(slot);
        var columns = block.Columns;
        for (var i = 0; i < _columns.Length; i++)
        {
            if (!keepNulls || !columns[i].IsNull(row))
            {
                _columns[i].Set(slot, columns[i], row);
            }
        }

        Link(slot, now);
    }

    public void Remove(int slot)
    {
        Unlink(slot);
        _table.Remove(slot);
        foreach (var column in _columns)
        {
            column.Release(slot);
        }

        _sequences[slot] = 0;
        _next[slot] = _free;
        _free = slot;
    }

    /// <summary>Appends a row as an event.</summary>
    public void AppendTo(int slot, EventBlock target, Opcode opcode, EventFlags flags)
    {
        var columns = target.Columns;
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i].AppendTo(slot, columns[i]);
        }

        target.Append(opcode, flags);
    }

    /// <summary>Slots of all rows by key, for ordered indexes.</summary>
    public int[] SlotsByKey()
    {
        var slots = SlotsInOrder();
        Array.Sort(slots, CompareKeys);
        return slots;
    }

    /// <summary>Slots of all rows from the one unchanged longest.</summary>
    public int[] SlotsInOrder()
    {
        var slots = new int[Count];
        for (int i = 0, slot = Oldest; slot != None; slot = _next[slot])
        {
            slots[i++] = slot;
        }

        return slots;
    }

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

    /// <summary>Takes the rows of a store with the same key fields into this empty one, order and times included.</summary>
    /// <param name="former">That store.</param>
    /// <param name="fields">By field here: index of the former one's field, or -1 for a field that is null in all rows.</param>
    public void TakeOver(RowStore former, int[] fields)
    {
        var (from, to) = (new EventBlock(former._schema, 1), new EventBlock(_schema, 1));
        foreach (var slot in former.SlotsInOrder())
        {
            from.Clear();
            to.Clear();
            former.AppendTo(slot, from, Opcode.Insert, EventFlags.None);
            for (var i = 0; i < fields.Length; i++)
            {
                if (fields[i] >= 0)
                {
                    to.Columns[i].AppendFrom(from.Columns[fields[i]], 0);
                }
                else
                {
                    to.Columns[i].AppendNull();
                }
            }

            to.Append(Opcode.Insert, EventFlags.None);
            _sequence = former._sequences[slot] - 1;
            Insert(to, 0, former._changed[slot]);
        }

        _sequence = former._sequence;
    }

    private int CompareKeys(int left, int right)
    {
        foreach (var key in _keys)
        {
            var order = _columns[key].Compare(left, right);
            if (order != 0)
            {
                return order;
            }
        }

        return _sequences[left].CompareTo(_sequences[right]);
    }

    private bool HasKey(int slot, ReadOnlySpan<Column> columns, int row)
    {
        foreach (var key in _keys)
        {
            if (!_columns[key].EqualTo(slot, columns[key], row))
            {
                return false;
            }
        }

        return true;
    }

    private int Take()
    {
        if (_free != None)
        {
            var slot = _free;
            _free = _next[slot];
            return slot;
        }

        if (_used == _next.Length)
        {
            Grow();
        }

        return _used++;
    }

    private void Grow()
    {
        // Large stores grow by a half: what is allocated and not used yet is memory too.
        var capacity = _next.Length < LargeRows ? Math.Max(16, _next.Length * 2) : _next.Length + (_next.Length / 2);
        Array.Resize(ref _next, capacity);
        Array.Resize(ref _previous, capacity);
        Array.Resize(ref _changed, capacity);
        Array.Resize(ref _sequences, capacity);
        Array.Resize(ref _hashes, capacity);
        foreach (var column in _columns)
        {
            column.Resize(capacity);
        }

        _table.Rebuild(capacity, SlotsInOrder());
    }

    private void Link(int slot, long now)
    {
        _changed[slot] = now;
        _sequences[slot] = ++_sequence;
        var hash = StateHash.Combine((ulong)now, (ulong)_sequence);
        foreach (var column in _columns)
        {
            hash = StateHash.Combine(hash, column.Hash(slot));
        }

        Chain(slot, hash);
    }

    /// <summary>Makes a row the newest.</summary>
    private void Chain(int slot, ulong hash)
    {
        _previous[slot] = Newest;
        _next[slot] = None;
        if (Newest == None)
        {
            Oldest = slot;
        }
        else
        {
            _next[Newest] = slot;
        }

        Newest = slot;
        Count++;
        _hashes[slot] = hash;
        Hash += hash;
    }

    private void Unlink(int slot)
    {
        var (previous, next) = (_previous[slot], _next[slot]);
        if (previous == None)
        {
            Oldest = next;
        }
        else
        {
            _next[previous] = next;
        }

        if (next == None)
        {
            Newest = previous;
        }
        else
        {
            _previous[next] = previous;
        }

        Count--;
        Hash -= _hashes[slot];
    }
}
