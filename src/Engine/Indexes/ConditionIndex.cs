using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Indexes;

/// <summary>
/// Finds rows of a store by fields that are not its key: rows with one value are linked from the one unchanged longest to the
/// newest, so that what is found never depends on a hash table's order. Rows with a null there are not in it.
/// </summary>
/// <param name="rows">The store.</param>
/// <param name="fields">Fields of the store.</param>
internal sealed class ConditionIndex(RowStore rows, int[] fields)
{
    private const int None = -1;
    private readonly StoreColumn[] _columns = [.. fields.Select(rows.Column)];
    private readonly KeyTable _table = new();
    private Place[] _places = [];
    private Group[] _groups = [];
    private int _free = None;
    private int _used;

    /// <summary>The row unchanged longest of those with the values of an event, or -1.</summary>
    /// <param name="columns">Columns of the event's block.</param>
    /// <param name="with">The columns to compare with, one a field; none is null in the event.</param>
    /// <param name="row">The event.</param>
    public int First(ReadOnlySpan<Column> columns, ReadOnlySpan<int> with, int row)
    {
        var group = _table.First(ColumnHash.OfRow(columns, with, row));
        while (group != None && !Has(_groups[group].Oldest, columns, with, row))
        {
            group = _table.Next(group);
        }

        return group == None ? None : _groups[group].Oldest;
    }

    /// <summary>The row after another one with the same values, or -1.</summary>
    public int Next(int slot) => _places[slot].Next;

    /// <summary>The newest row with the same values as another one.</summary>
    public int LastOf(int slot) => _groups[_places[slot].Group].Newest;

    /// <summary>Adds a row of the store as the newest.</summary>
    public void Link(int slot)
    {
        if (slot >= _places.Length)
        {
            Array.Resize(ref _places, Math.Max(slot + 1, Math.Max(16, 2 * _places.Length)));
        }

        ref var place = ref _places[slot];
        place = new Place { Group = None, Next = None, Previous = None };
        var hash = 0UL;
        foreach (var column in _columns)
        {
            if (column.IsNull(slot))
            {
                return;
            }

            hash = StateHash.Combine(hash, column.Hash(slot));
        }

        place.Group = Find(slot, hash) is >= 0 and var group ? group : Make(hash);
        ref var list = ref _groups[place.Group];
        place.Previous = list.Newest;
        if (list.Newest == None)
        {
            list.Oldest = slot;
        }
        else
        {
            _places[list.Newest].Next = slot;
        }

        list.Newest = slot;
    }

    /// <summary>Takes a row out, before its values change.</summary>
    public void Unlink(int slot)
    {
        var place = _places[slot];
        if (place.Group == None)
        {
            return;
        }

        ref var list = ref _groups[place.Group];
        (place.Previous == None ? ref list.Oldest : ref _places[place.Previous].Next) = place.Next;
        (place.Next == None ? ref list.Newest : ref _places[place.Next].Previous) = place.Previous;
        if (list.Oldest == None)
        {
            _table.Remove(place.Group);
            list.Newest = _free;
            _free = place.Group;
        }
    }

    private int Find(int slot, ulong hash)
    {
        var group = _table.First(hash);
        while (group != None && !AreEqual(_groups[group].Oldest, slot))
        {
            group = _table.Next(group);
        }

        return group;
    }

    private int Make(ulong hash)
    {
        var group = _free;
        if (group != None)
        {
            _free = _groups[group].Newest;
        }
        else
        {
            if (_used == _groups.Length)
            {
                // It grows when no group is free, so all of them are in use.
                Array.Resize(ref _groups, Math.Max(16, 2 * _groups.Length));
                _table.Fill(_groups.Length, _used);
            }

            group = _used++;
        }

        _groups[group] = new Group { Oldest = None, Newest = None };
        _table.Add(group, hash);
        return group;
    }

    private bool Has(int slot, ReadOnlySpan<Column> columns, ReadOnlySpan<int> with, int row)
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            if (!_columns[i].EqualTo(slot, columns[with[i]], row))
            {
                return false;
            }
        }

        return true;
    }

    private bool AreEqual(int left, int right)
    {
        foreach (var column in _columns)
        {
            if (column.Compare(left, right) != 0)
            {
                return false;
            }
        }

        return true;
    }

    private struct Place
    {
        public int Group;
        public int Next;
        public int Previous;
    }

    private struct Group
    {
        public int Oldest;
        public int Newest;
    }
}
