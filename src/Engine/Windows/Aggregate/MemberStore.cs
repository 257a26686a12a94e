using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>
/// The members of all groups, for functions that need them: the values of the fields they use, in arrays by slot, linked in
/// each group from the one that came or changed longest ago to the newest. Where members can go they are found by the key of
/// their events; of two with one key (an update within a block) the older. There is an index of keys only once a member went
/// that was not the oldest of its group: retention alone needs none. What comes and what goes as the oldest is linked at once,
/// while values and chains follow together, column by column, when the block is through; hashes when the digest is asked.
/// </summary>
internal sealed partial class MemberStore(Schema input, bool canGo)
{
    private const int None = -1;
    private readonly int[] _keyFields = canGo ? [.. input.KeyIndexes] : [];
    private readonly StoreColumn[] _keys = canGo ? [.. input.KeyIndexes.Select(k => StoreColumn.Create(input.Fields[k].Type))] : [];
    private int[] _fields = [];
    private StoreColumn[] _values = [];
    private ExtremeChain[] _chains = [];
    private readonly KeyTable _table = new();
    private Member[] _members = [];
    private int[] _oldest = [];
    private int[] _newest = [];
    private int[] _sizes = [];
    private int _free = None;
    private int _used;
    private long _sequence;
    private bool _isIndexed;

    // What came (with its row in the block) and went as the oldest of its group (row -1) since values and chains followed.
    private int[] _changed = [];
    private int[] _changedRows = [];
    private int[] _changedGroups = [];
    private int _changeCount;

    // By member, of those up to a sequence: theirs are in the sum.
    private ulong[] _hashes = [];
    private long _hashedSequence;

    /// <summary>True when members can go, and are kept with their keys.</summary>
    public bool CanGo => canGo;

    /// <summary>How many members a group keeps, the newest ones; set while functions are added.</summary>
    public int KeptMax { get; set; }

    /// <summary>Sum of the hashes of the members that were hashed, their order included.</summary>
    public ulong Hash { get; private set; }

    /// <summary>The member of a group that came longest ago; -1 for none.</summary>
    public int Oldest(int group) => _oldest[group];

    /// <summary>The newest member of a group; -1 for none.</summary>
    public int Newest(int group) => _newest[group];

    /// <summary>The member of the group that came after; -1 for none.</summary>
    public int After(int member) => _members[member].Next;

    /// <summary>The member of the group that came before; -1 for none.</summary>
    public int Before(int member) => _members[member].Previous;

    /// <summary>The group of a member.</summary>
    public int GroupOf(int member) => _members[member].Group;

    /// <summary>The member so many places before the newest; -1 for none.</summary>
    public int Lag(int group, int places)
    {
        var member = _newest[group];
        for (var i = 0; i < places && member != None; i++)
        {
            member = _members[member].Previous;
        }

        return member;
    }

    /// <summary>The values of a field of the input, by member; kept from now on. Only before the first member.</summary>
    public StoreColumn Keep(int field)
    {
        var index = Array.IndexOf(_fields, field);
        if (index >= 0)
        {
            return _values[index];
        }

        _fields = [.. _fields, field];
        _values = [.. _values, StoreColumn.Create(input.Fields[field].Type)];
        return _values[^1];
    }

    /// <summary>Adds a chain that follows the members. Only before the first member.</summary>
    public void Follow(ExtremeChain chain) => _chains = [.. _chains, chain];

    /// <summary>Makes room for groups.</summary>
    public void ResizeGroups(int capacity)
    {
        var old = _oldest.Length;
        Array.Resize(ref _oldest, capacity);
        Array.Resize(ref _newest, capacity);
        Array.Resize(ref _sizes, capacity);
        _oldest.AsSpan(old).Fill(None);
        _newest.AsSpan(old).Fill(None);
        foreach (var chain in _chains)
        {
            chain.ResizeGroups(capacity);
        }
    }

    /// <summary>The member with the key of an event, the older of two; -1 for none.</summary>
    /// <param name="group">Where it is by the event's values.</param>
    /// <param name="block">Events.</param>
    /// <param name="row">The event.</param>
    public int Find(int group, EventBlock block, int row)
    {
        var oldest = _oldest[group];
        if (oldest != None && HasKey(oldest, block.Columns, row))
        {
            return oldest;
        }

        if (!_isIndexed)
        {
            Index();
        }

        var found = None;
        for (var slot = _table.First(ColumnHash.OfRow(block.Columns, _keyFields, row)); slot != None; slot = _table.Next(slot))
        {
            if (HasKey(slot, block.Columns, row) && (found == None || _members[slot].Sequence < _members[found].Sequence))
            {
                found = slot;
            }
        }

        return found;
    }

    /// <summary>Adds an event as the newest member of a group. Its values are there after <see cref="Apply"/>.</summary>
    public void Add(int group, EventBlock block, int row)
    {
        var slot = Take();
        for (var i = 0; i < _keys.Length; i++)
        {
            _keys[i].Set(slot, block.Columns[_keyFields[i]], row);
        }

        Link(slot, group);
        Follow(slot, row, group);
        if (_sizes[group] > KeptMax)
        {
            Remove(_oldest[group], block);
        }
    }

    /// <summary>Takes a member out.</summary>
    /// <param name="slot">The member.</param>
    /// <param name="block">The events that were added since <see cref="Apply"/>.</param>
    public void Remove(int slot, EventBlock block)
    {
        ref var member = ref _members[slot];
        var group = member.Group;
        if (member.Previous == None)
        {
            Follow(slot, None, group);
            _oldest[group] = member.Next;
        }
        else
        {
            // Chains look at its neighbours, so they must be as far as the links are.
            Apply(block);
            foreach (var chain in _chains)
            {
                chain.OnRemoving(slot, group);
            }

            foreach (var column in _values)
            {
                column.Release(slot);
            }

            _members[member.Previous].Next = member.Next;
        }

        if (member.Next == None)
        {
            _newest[group] = member.Previous;
        }
        else
        {
            _members[member.Next].Previous = member.Previous;
        }

        if (_isIndexed)
        {
            _table.Remove(slot);
        }

        foreach (var column in _keys)
        {
            column.Release(slot);
        }

        if (member.Sequence <= _hashedSequence)
        {
            Hash -= _hashes[slot];
        }

        _sizes[group]--;
        member.Next = _free;
        _free = slot;
    }

    /// <summary>Brings values and chains to where the links are: after the last change of a block.</summary>
    /// <param name="block">The events that were added since.</param>
    public void Apply(EventBlock block)
    {
        var members = _changed.AsSpan(0, _changeCount);
        var rows = _changedRows.AsSpan(0, _changeCount);
        for (var i = 0; i < _values.Length; i++)
        {
            _values[i].SetAll(members, rows, block.Columns[_fields[i]]);
        }

        foreach (var chain in _chains)
        {
            chain.Apply(members, rows, _changedGroups.AsSpan(0, _changeCount), block);
        }

        _changeCount = 0;
    }

    private bool HasKey(int slot, ReadOnlySpan<Column> columns, int row)
    {
        for (var i = 0; i < _keys.Length; i++)
        {
            if (!_keys[i].EqualTo(slot, columns[_keyFields[i]], row))
            {
                return false;
            }
        }

        return true;
    }

    private ulong KeyHash(int slot)
    {
        var hash = 0UL;
        foreach (var key in _keys)
        {
            hash = StateHash.Combine(hash, key.Hash(slot));
        }

        return hash;
    }

    private void Link(int slot, int group)
    {
        if (_isIndexed)
        {
            _table.Add(slot, KeyHash(slot));
        }

        var newest = _newest[group];
        ref var member = ref _members[slot];
        (member.Group, member.Previous, member.Next, member.Sequence) = (group, newest, None, ++_sequence);
        if (newest == None)
        {
            _oldest[group] = slot;
        }
        else
        {
            _members[newest].Next = slot;
        }

        _newest[group] = slot;
        _sizes[group]++;
    }

    private void Follow(int member, int row, int group)
    {
        if (_changeCount == _changed.Length)
        {
            var capacity = Math.Max(64, 2 * _changeCount);
            Array.Resize(ref _changed, capacity);
            Array.Resize(ref _changedRows, capacity);
            Array.Resize(ref _changedGroups, capacity);
        }

        (_changed[_changeCount], _changedRows[_changeCount], _changedGroups[_changeCount]) = (member, row, group);
        _changeCount++;
    }

    private void Index()
    {
        _isIndexed = true;
        _table.Fill(_members.Length, 0);
        foreach (var oldest in _oldest)
        {
            for (var slot = oldest; slot != None; slot = _members[slot].Next)
            {
                _table.Add(slot, KeyHash(slot));
            }
        }
    }

    private int Take()
    {
        if (_free != None)
        {
            var slot = _free;
            _free = _members[slot].Next;
            return slot;
        }

        if (_used == _members.Length)
        {
            Grow();
        }

        return _used++;
    }

    private void Grow()
    {
        var capacity = Math.Max(64, _members.Length * 2);
        Array.Resize(ref _members, capacity);
        Array.Resize(ref _hashes, capacity);
        foreach (var column in _keys.Concat(_values))
        {
            column.Resize(capacity);
        }

        foreach (var chain in _chains)
        {
            chain.Resize(capacity);
        }

        if (_isIndexed)
        {
            // It grows when no slot is free, so all of them are in use.
            _table.Fill(capacity, _used);
        }
    }

    private struct Member
    {
        public long Sequence;
        public int Next;
        public int Previous;
        public int Group;
    }
}
