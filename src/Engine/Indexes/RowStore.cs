using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Indexes;

/// <summary>
/// Rows by key, as arrays of values a field; freed slots are reused. Rows are linked from the one whose last change is longest ago
/// to the newest: the order of retention and of snapshots. The hash of all rows follows each change.
/// </summary>
internal sealed partial class RowStore
{
    private const int None = -1;
    private const int LargeRows = 64 * 1024;
    private readonly Schema _schema;
    private readonly StoreColumn[] _columns;
    private readonly int[] _keys;
    private readonly KeyTable _table = new();
    private int[] _next = [];
    private int[] _previous = [];
    private long[] _changed = [];
    private long[] _sequences = [];
    private ulong[] _hashes = [];
    private ulong[] _found = [];
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
    public int Find(EventBlock block, int row) => Find(block.Columns, _keys, row);

    /// <summary>The slot of the row whose key is in other columns, or -1.</summary>
    /// <param name="columns">The columns of events of any schema.</param>
    /// <param name="keys">Those with the key fields, in their order.</param>
    /// <param name="row">The event.</param>
    public int Find(ReadOnlySpan<Column> columns, ReadOnlySpan<int> keys, int row)
    {
        var slot = _table.First(KeyHash.OfRow(columns, keys, row));
        while (slot != None && !HasKey(slot, columns, keys, row))
        {
            slot = _table.Next(slot);
        }

        return slot;
    }

    /// <summary>
    /// <see cref="Find(ReadOnlySpan{Column}, ReadOnlySpan{int}, int)"/> for all events of a block: hashes first, then buckets, then
    /// keys, so that the processor fetches what many events need at once. Events with a null there find nothing.
    /// </summary>
    public void FindAll(ReadOnlySpan<Column> columns, ReadOnlySpan<int> keys, Span<int> slots)
    {
        if (_found.Length < slots.Length)
        {
            _found = new ulong[Math.Max(slots.Length, 2 * _found.Length)];
        }

        var hashes = _found.AsSpan(0, slots.Length);
        KeyHash.OfRows(columns, keys, hashes);
        _table.FirstOf(hashes, slots);
        for (var row = 0; row < slots.Length; row++)
        {
            while (slots[row] != None && !HasKey(slots[row], columns, keys, row))
            {
                slots[row] = _table.Next(slots[row]);
            }
        }

        foreach (var key in keys)
        {
            for (var row = columns[key].HasNulls ? 0 : slots.Length; row < slots.Length; row++)
            {
                slots[row] = columns[key].IsNull(row) ? None : slots[row];
            }
        }
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

        _table.Add(slot, KeyHash.OfRow(columns, _keys, row));
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
        Release(slot);
        Free(slot);
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

    private bool HasKey(int slot, ReadOnlySpan<Column> columns, ReadOnlySpan<int> keys, int row)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            if (!_columns[_keys[i]].EqualTo(slot, columns[keys[i]], row))
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

    private void Release(int slot)
    {
        foreach (var column in _columns)
        {
            column.Release(slot);
        }
    }

    private void Free(int slot)
    {
        _sequences[slot] = 0;
        _next[slot] = _free;
        _free = slot;
    }

    private void Grow()
    {
        // Large stores grow by a half: what is allocated and not used yet is memory too.
        Resize(_next.Length < LargeRows ? Math.Max(16, _next.Length * 2) : _next.Length + (_next.Length / 2));
        _table.Rebuild(_next.Length, SlotsInOrder());
    }

    private void Resize(int capacity)
    {
        Array.Resize(ref _next, capacity);
        Array.Resize(ref _previous, capacity);
        Array.Resize(ref _changed, capacity);
        Array.Resize(ref _sequences, capacity);
        Array.Resize(ref _hashes, capacity);
        foreach (var column in _columns)
        {
            column.Resize(capacity);
        }
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
        Enter(slot);
        _hashes[slot] = hash;
        Hash += hash;
    }

    private void Unlink(int slot)
    {
        Leave(slot);
        Hash -= _hashes[slot];
    }

    /// <summary>Puts a row at the end of the order.</summary>
    private void Enter(int slot)
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
    }

    /// <summary>Takes a row out of the order.</summary>
    private void Leave(int slot)
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
    }
}
