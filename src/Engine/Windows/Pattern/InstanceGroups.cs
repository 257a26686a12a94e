using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Pattern;

/// <summary>
/// The instances of a pattern by the values of its index fields, each group from the oldest to the newest; one group for all when
/// there is no index. Groups come with their first instance and go with their last.
/// </summary>
/// <param name="keys">The index fields.</param>
/// <param name="fields">By source: where the index fields lie in its events.</param>
/// <param name="skipsNulls">True: no instance can be concerned by an event with a null among them.</param>
internal sealed class InstanceGroups(Schema keys, int[][] fields, bool skipsNulls)
{
    /// <summary>No group, or no instance.</summary>
    public const int None = -1;

    /// <summary>The event concerns no instance and opens none.</summary>
    public const int Skipped = -2;

    private readonly StoreColumn[] _columns = [.. keys.Fields.Select(f => StoreColumn.Create(f.Type))];
    private readonly int[] _own = [.. Enumerable.Range(0, keys.Fields.Length)];
    private readonly EventBlock _read = new(keys, 1);
    private readonly KeyTable _table = new();
    private ulong[] _hashes = [];
    private int[] _first = [];
    private int[] _last = [];
    private int _used;
    private int _free = None;

    // By instance.
    private int[] _group = [];
    private int[] _next = [];
    private int[] _previous = [];

    /// <summary>Makes room for instances.</summary>
    public void Resize(int capacity)
    {
        Array.Resize(ref _group, capacity);
        Array.Resize(ref _next, capacity);
        Array.Resize(ref _previous, capacity);
    }

    /// <summary>The group of an event; <see cref="None"/> or <see cref="Skipped"/> when there is none.</summary>
    public int Find(EventBlock block, int row, int source)
    {
        if (keys.Fields.Length == 0)
        {
            return _used > 0 && _first[0] != None ? 0 : None;
        }

        var indexes = fields[source];
        if (skipsNulls)
        {
            foreach (var index in indexes)
            {
                if (block.Columns[index].IsNull(row))
                {
                    return Skipped;
                }
            }
        }

        return Find(block, row, indexes, ColumnHash.OfRow(block.Columns, indexes, row));
    }

    /// <summary>The group of an event, made when there is none.</summary>
    public int FindOrAdd(EventBlock block, int row, int source) => FindOrAdd(block, row, fields[source]);

    public int First(int group) => _first[group];

    /// <summary>The instance after one of a group.</summary>
    public int Next(int slot) => _next[slot];

    /// <summary>Adds an instance as the newest of a group.</summary>
    public void Link(int slot, int group)
    {
        var last = _last[group];
        (_group[slot], _previous[slot], _next[slot]) = (group, last, None);
        if (last == None)
        {
            _first[group] = slot;
        }
        else
        {
            _next[last] = slot;
        }

        _last[group] = slot;
    }

    /// <summary>Takes an instance out; a group without instances goes.</summary>
    public void Unlink(int slot)
    {
        var (group, previous, next) = (_group[slot], _previous[slot], _next[slot]);
        if (previous == None)
        {
            _first[group] = next;
        }
        else
        {
            _next[previous] = next;
        }

        if (next == None)
        {
            _last[group] = previous;
        }
        else
        {
            _previous[next] = previous;
        }

        if (_first[group] == None && keys.Fields.Length > 0)
        {
            Release(group);
        }
    }

    /// <summary>Hash of the index values of an instance.</summary>
    public ulong HashOf(int slot) => _hashes[_group[slot]];

    /// <summary>Writes the index values of an instance.</summary>
    public void Write(int slot, SnapshotWriter writer)
    {
        foreach (var column in _columns)
        {
            column.Write(_group[slot], writer);
        }
    }

    /// <summary>Reads index values and gives their group.</summary>
    public int Read(SnapshotReader reader)
    {
        if (_columns.Length == 0)
        {
            return FindOrAdd(_read, 0, _own);
        }

        var group = Take();
        foreach (var column in _columns)
        {
            column.Read(group, reader);
        }

        _read.Clear();
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i].AppendTo(group, _read.Columns[i]);
        }

        _read.Append(Opcode.Insert);
        (_first[group], _free) = (_free, group);
        return FindOrAdd(_read, 0, _own);
    }

    private int FindOrAdd(EventBlock block, int row, int[] indexes)
    {
        if (keys.Fields.Length == 0)
        {
            return _used > 0 ? 0 : Take();
        }

        var hash = ColumnHash.OfRow(block.Columns, indexes, row);
        var group = Find(block, row, indexes, hash);
        if (group != None)
        {
            return group;
        }

        group = Take();
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i].Set(group, block.Columns[indexes[i]], row);
        }

        _hashes[group] = hash;
        _table.Add(group, hash);
        return group;
    }

    private int Find(EventBlock block, int row, int[] indexes, ulong hash)
    {
        var group = _table.First(hash);
        while (group != None && !IsAt(group, block, row, indexes))
        {
            group = _table.Next(group);
        }

        return group;
    }

    private bool IsAt(int group, EventBlock block, int row, int[] indexes)
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            if (!_columns[i].EqualTo(group, block.Columns[indexes[i]], row))
            {
                return false;
            }
        }

        return true;
    }

    private int Take()
    {
        int group;
        if (_free != None)
        {
            group = _free;
            _free = _first[group];
        }
        else
        {
            if (_used == _first.Length)
            {
                Grow();
            }

            group = _used++;
        }

        (_first[group], _last[group], _hashes[group]) = (None, None, 0);
        return group;
    }

    // Free groups are chained through their first instance.
    private void Release(int group)
    {
        _table.Remove(group);
        foreach (var column in _columns)
        {
            column.Release(group);
        }

        (_first[group], _free) = (_free, group);
    }

    private void Grow()
    {
        var capacity = Math.Max(16, _first.Length * 2);
        Array.Resize(ref _first, capacity);
        Array.Resize(ref _last, capacity);
        Array.Resize(ref _hashes, capacity);
        foreach (var column in _columns)
        {
            column.Resize(capacity);
        }

        // There is no free group, or none would be needed: all are in use.
        _table.Fill(capacity, keys.Fields.Length == 0 ? 0 : _used);
    }
}
