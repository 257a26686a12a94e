using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Indexes;

/// <summary>
/// Changes of many rows together: what each event does to keys and order happens at once, in the order of the events; values
/// and hashes follow column by column when <see cref="EndChanges"/> is called.
/// </summary>
internal sealed partial class RowStore
{
    private const int RemovedTogether = 512;
    private EventBlock? _events;
    private SlotChange[] _changes = [];
    private ulong[] _changeHashes = [];

    // By number of the change since the last end: the event that a slot's row has its values from.
    private int[] _changeRows = [];
    private int _changeCount;
    private long _changesSince;
    private long _changesAt;

    /// <summary>Takes the events that the next changes come from, and finds the hashes of their keys.</summary>
    public void BeginChanges(EventBlock events, long now)
    {
        if (_found.Length < events.Count)
        {
            _found = new ulong[Math.Max(events.Count, 2 * _found.Length)];
        }

        if (_changes.Length < events.Count)
        {
            _changes = new SlotChange[Math.Max(events.Count, 2 * _changes.Length)];
            _changeRows = new int[_changes.Length];
            _changeHashes = new ulong[_changes.Length];
        }

        KeyHash.OfRows(events.Columns, _keys, _found.AsSpan(0, events.Count));
        (_events, _changesAt) = (events, now);
        ResumeChanges();
    }

    /// <summary>The slot of the row with the key of an event, changes that have no values yet included; or -1.</summary>
    public int FindChanged(int row)
    {
        var slot = _table.First(_found[row]);
        while (slot != None && !HasChangedKey(slot, row))
        {
            slot = _table.Next(slot);
        }

        return slot;
    }

    /// <summary>Inserts an event; its key must be new.</summary>
    public void ChangeByInsert(int row)
    {
        var slot = Take();
        _table.Add(slot, _found[row]);
        Change(slot, row, isOld: false);
    }

    /// <summary>Inserts an event in the place of the row unchanged longest, which leaves; the key must be new.</summary>
    public void ChangeOldest(int row)
    {
        var slot = Oldest;
        _table.Remove(slot);
        _table.Add(slot, _found[row]);
        Leave(slot);
        Change(slot, row, isOld: true);
    }

    /// <summary>Replaces a row by an event of its key.</summary>
    public void ChangeByUpdate(int slot, int row)
    {
        Leave(slot);
        Change(slot, row, isOld: true);
    }

    /// <summary>Removes a row.</summary>
    public void ChangeByDelete(int slot)
    {
        Leave(slot);
        _table.Remove(slot);
        Free(slot);
        _changes[_changeCount++] = new SlotChange(slot, -1, IsOld: true);
    }

    /// <summary>
    /// Stores the values of all changes. Appends to the columns of a block, for each change in order, the new row where there is
    /// one, then the old one where it left; the caller appends opcodes and flags.
    /// </summary>
    public void EndChanges(EventBlock output)
    {
        var changes = _changes.AsSpan(0, _changeCount);
        if (changes.IsEmpty)
        {
            return;
        }

        var hashes = _changeHashes.AsSpan(0, changes.Length);
        var sequence = _changesSince;
        for (var i = 0; i < changes.Length; i++)
        {
            hashes[i] = changes[i].Row < 0 ? 0 : StateHash.Combine((ulong)_changesAt, (ulong)++sequence);
        }

        for (var i = 0; i < _columns.Length; i++)
        {
            var column = _events!.Columns[i];
            _columns[i].AppendChanges(changes, column, output.Columns[i]);
            ColumnHash.Combine(column, changes, hashes);
        }

        for (var i = 0; i < changes.Length; i++)
        {
            var slot = changes[i].Slot;
            Hash -= changes[i].IsOld ? _hashes[slot] : 0;
            if (changes[i].Row >= 0)
            {
                _hashes[slot] = hashes[i];
                Hash += hashes[i];
            }
            else if (_sequences[slot] == 0)
            {
                // No later change took the slot.
                Release(slot);
            }
        }

        ResumeChanges();
    }

    /// <summary>Goes on with the same events when rows were changed one by one after <see cref="EndChanges"/>.</summary>
    public void ResumeChanges() => (_changeCount, _changesSince) = (0, _sequence);

    /// <summary>Removes the rows that did not change after a time; appends them as deletes.</summary>
    public void RemoveOldest(long changedUntil, EventBlock output, EventFlags flags)
    {
        Span<int> buffer = stackalloc int[RemovedTogether];
        while (Oldest != None && _changed[Oldest] <= changedUntil)
        {
            var count = 0;
            for (var slot = Oldest; slot != None && count < buffer.Length && _changed[slot] <= changedUntil; slot = _next[slot])
            {
                buffer[count++] = slot;
            }

            var slots = buffer[..count];
            for (var i = 0; i < _columns.Length; i++)
            {
                _columns[i].AppendSlots(slots, output.Columns[i]);
            }

            foreach (var slot in slots)
            {
                output.Append(Opcode.Delete, flags);
                Remove(slot);
            }
        }
    }

    private bool HasChangedKey(int slot, int row)
    {
        if (_sequences[slot] <= _changesSince)
        {
            return HasKey(slot, _events!.Columns, _keys, row);
        }

        var from = _changeRows[_sequences[slot] - _changesSince - 1];
        foreach (var key in _keys)
        {
            if (!ColumnHash.AreEqual(_events!.Columns[key], from, row))
            {
                return false;
            }
        }

        return true;
    }

    private void Change(int slot, int row, bool isOld)
    {
        _changed[slot] = _changesAt;
        _sequences[slot] = ++_sequence;
        _changeRows[_sequence - _changesSince - 1] = row;
        Enter(slot);
        _changes[_changeCount++] = new SlotChange(slot, row, isOld);
    }
}
