using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>
/// The groups of a window by the values of their key fields (null is a value like others), in arrays by slot: how many
/// members each has and the row that left the window for it last. Slots are reused; groups are linked in the order in which
/// they came, which is the order of snapshots.
/// </summary>
internal sealed class GroupTable
{
    private const int None = -1;
    private readonly int[] _fields;
    private readonly StoreColumn[] _keys;
    private readonly StoreColumn?[] _row;
    private readonly KeyTable _table = new();
    private readonly EventBlock _scratch;
    private int[] _next = [];
    private int[] _previous = [];
    private long[] _counts = [];
    private bool[] _hasRow = [];
    private ulong[] _keyHashes = [];
    private int[] _found = [];
    private ulong[] _foundHashes = [];
    private int _free = None;
    private int _used;
    private int _newest = None;

    /// <param name="input">Schema of what comes in.</param>
    /// <param name="fields">Its group-by fields, in the order of the output's keys.</param>
    /// <param name="output">Schema of what goes out.</param>
    public GroupTable(Schema input, int[] fields, Schema output)
    {
        _fields = fields;
        _scratch = new EventBlock(input, 1);
        _keys = [.. output.KeyIndexes.Select(k => StoreColumn.Create(output.Fields[k].Type))];
        _row = [.. output.Fields.Select(f => f.IsKey ? null : StoreColumn.Create(f.Type))];
    }

    /// <summary>How many groups.</summary>
    public int Count { get; private set; }

    /// <summary>How many groups there is room for.</summary>
    public int Capacity => _next.Length;

    /// <summary>The group that came first of those that are there; -1 for none.</summary>
    public int Oldest { get; private set; } = None;

    /// <summary>The group that came after another one; -1 for none.</summary>
    public int After(int group) => _next[group];

    /// <summary>Number of members.</summary>
    public ref long Members(int group) => ref _counts[group];

    /// <summary>True when a row left the window for the group and was not deleted since.</summary>
    public ref bool HasRow(int group) => ref _hasRow[group];

    /// <summary>Hash of the group's key.</summary>
    public ulong KeyHash(int group) => _keyHashes[group];

    /// <summary>Values of the n-th key field.</summary>
    public StoreColumn Key(int n) => _keys[n];

    /// <summary>Values of an output field that is no key.</summary>
    public StoreColumn Row(int field) => _row[field]!;

    /// <summary>
    /// Finds the groups of all events of a block, each of which <see cref="Of"/> then gives: hashes first, then buckets, then keys, so
    /// that the processor fetches what many events need at once.
    /// </summary>
    public void FindAll(EventBlock block)
    {
        if (_found.Length < block.Count)
        {
            _found = new int[Math.Max(block.Count, 2 * _found.Length)];
            _foundHashes = new ulong[_found.Length];
        }

        var columns = block.Columns;
        var count = block.Count;
        var hashes = _foundHashes.AsSpan(0, count);
        hashes.Clear();
        foreach (var field in _fields)
        {
            ColumnHash.Combine(columns[field], hashes);
        }

        var groups = _found.AsSpan(0, count);
        _table.FirstOf(hashes, groups);
        var allEqual = true;
        for (var i = 0; i < _keys.Length && allEqual; i++)
        {
            allEqual = _keys[i].AllEqual(groups, columns[_fields[i]]);
        }

        for (var row = allEqual ? count : 0; row < count; row++)
        {
            groups[row] = Match(groups[row], columns, row);
        }
    }

    /// <summary>The group of an event of the block that <see cref="FindAll"/> was given, or -1.</summary>
    public int Of(EventBlock block, int row) =>
        _found[row] != None ? _found[row] : Match(_table.First(_foundHashes[row]), block.Columns, row);

    /// <summary>The group of an event of that block; made when there is none.</summary>
    public int OfOrAdd(EventBlock block, int row)
    {
        var group = Of(block, row);
        return group != None ? group : Add(block, row, _foundHashes[row]);
    }

    /// <summary>Removes a group without members; its states are reset by the caller.</summary>
    public void Remove(int group)
    {
        _table.Remove(group);
        foreach (var key in _keys)
        {
            key.Release(group);
        }

        foreach (var column in _row)
        {
            column?.Release(group);
        }

        var (previous, next) = (_previous[group], _next[group]);
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
            _newest = previous;
        }
        else
        {
            _previous[next] = previous;
        }

        _counts[group] = 0;
        _hasRow[group] = false;
        _next[group] = _free;
        _free = group;
        Count--;
    }

    /// <summary>Hash of the row that left for the group; 0 for none.</summary>
    public ulong RowHash(int group)
    {
        var hash = 0UL;
        if (_hasRow[group])
        {
            foreach (var column in _row)
            {
                hash = column is null ? hash : StateHash.Combine(hash, column.Hash(group));
            }
        }

        return hash;
    }

    public void Write(int group, SnapshotWriter writer)
    {
        foreach (var key in _keys)
        {
            key.Write(group, writer);
        }

        writer.Write(_counts[group]);
        writer.Write(_hasRow[group]);
        foreach (var column in _hasRow[group] ? _row : [])
        {
            column?.Write(group, writer);
        }
    }

    /// <summary>Reads a group as the newest.</summary>
    public int Read(SnapshotReader reader)
    {
        var group = Take();
        _scratch.Clear();
        for (var i = 0; i < _keys.Length; i++)
        {
            _keys[i].Read(group, reader);
            _keys[i].AppendTo(group, _scratch.Columns[_fields[i]]);
        }

        Link(group, ColumnHash.OfRow(_scratch.Columns, _fields, 0));
        _counts[group] = reader.ReadInt64();
        _hasRow[group] = reader.ReadBool();
        foreach (var column in _hasRow[group] ? _row : [])
        {
            column?.Read(group, reader);
        }

        return group;
    }

    private int Match(int group, ReadOnlySpan<Column> columns, int row)
    {
        while (group != None && !HasKey(group, columns, row))
        {
            group = _table.Next(group);
        }

        return group;
    }

    private bool HasKey(int group, ReadOnlySpan<Column> columns, int row)
    {
        for (var i = 0; i < _keys.Length; i++)
        {
            if (!_keys[i].EqualTo(group, columns[_fields[i]], row))
            {
                return false;
            }
        }

        return true;
    }

    private int Add(EventBlock block, int row, ulong hash)
    {
        var group = Take();
        for (var i = 0; i < _keys.Length; i++)
        {
            _keys[i].Set(group, block.Columns[_fields[i]], row);
        }

        Link(group, hash);
        return group;
    }

    private int Take()
    {
        if (_free != None)
        {
            var group = _free;
            _free = _next[group];
            return group;
        }

        if (_used == _next.Length)
        {
            Grow();
        }

        return _used++;
    }

    private void Link(int group, ulong hash)
    {
        _keyHashes[group] = hash;
        _table.Add(group, hash);
        _previous[group] = _newest;
        _next[group] = None;
        if (_newest == None)
        {
            Oldest = group;
        }
        else
        {
            _next[_newest] = group;
        }

        _newest = group;
        Count++;
    }

    private void Grow()
    {
        var capacity = Math.Max(16, _next.Length * 2);
        Array.Resize(ref _next, capacity);
        Array.Resize(ref _previous, capacity);
        Array.Resize(ref _counts, capacity);
        Array.Resize(ref _hasRow, capacity);
        Array.Resize(ref _keyHashes, capacity);
        foreach (var column in _keys)
        {
            column.Resize(capacity);
        }

        foreach (var column in _row)
        {
            column?.Resize(capacity);
        }

        // It grows when no slot is free, so all of them are in use.
        _table.Fill(capacity, _used);
    }
}
