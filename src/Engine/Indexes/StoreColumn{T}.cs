using System.Runtime.CompilerServices;
using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Indexes;

/// <summary>A store column of one storage type.</summary>
internal sealed class StoreColumn<T> : StoreColumn
{
    private T[] _values = [];
    private bool[] _valid = [];

    // False as long as no null was ever stored: then validity need not be looked at.
    private bool _hadNulls;

    public T this[int slot] => _values[slot];

    public override void Resize(int capacity)
    {
        Array.Resize(ref _values, capacity);
        Array.Resize(ref _valid, capacity);
    }

    public override void Set(int slot, Column source, int row)
    {
        var typed = (Column<T>)source;
        _values[slot] = typed[row];
        _valid[slot] = !typed.IsNull(row);
        _hadNulls |= !_valid[slot];
    }

    public override void SetAll(ReadOnlySpan<int> slots, ReadOnlySpan<int> rows, Column source)
    {
        var typed = (Column<T>)source;
        var values = typed.Values;
        var hasNulls = typed.HasNulls;
        _hadNulls |= hasNulls;
        for (var i = 0; i < slots.Length; i++)
        {
            var (slot, row) = (slots[i], rows[i]);
            if (row >= 0)
            {
                _values[slot] = values[row];
                _valid[slot] = !hasNulls || !typed.IsNull(row);
            }
            else if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
            {
                _values[slot] = default!;
            }
        }
    }

    public override void Release(int slot) => _values[slot] = default!;

    public override bool IsNull(int slot) => !_valid[slot];

    public override bool EqualTo(int slot, Column source, int row)
    {
        var typed = (Column<T>)source;
        return typed.IsNull(row) ? !_valid[slot] : _valid[slot] && ColumnHash.AreEqual(_values[slot], typed[row]);
    }

    public override bool AllEqual(ReadOnlySpan<int> slots, Column source)
    {
        if (!_hadNulls && !source.HasNulls && _values is string[] texts)
        {
            return AllEqual(texts, slots, ((Column<string>)source).Values);
        }

        for (var row = 0; row < slots.Length; row++)
        {
            if (slots[row] >= 0 && !EqualTo(slots[row], source, row))
            {
                return false;
            }
        }

        return true;
    }

    public override int Compare(int left, int right)
    {
        if (!_valid[left] || !_valid[right])
        {
            return _valid[left].CompareTo(_valid[right]);
        }

        return typeof(T) == typeof(string)
            ? string.CompareOrdinal((string)(object)_values[left]!, (string)(object)_values[right]!)
            : typeof(T).IsArray ? ColumnHash.Of(_values[left]).CompareTo(ColumnHash.Of(_values[right]))
            : Comparer<T>.Default.Compare(_values[left], _values[right]);
    }

    public override ulong Hash(int slot) => _valid[slot] ? ColumnHash.Of(_values[slot]) : StateHash.Null;

    public override void AppendTo(int slot, Column target) => Append((Column<T>)target, _valid[slot], _values[slot]);

    public override void AppendSlots(ReadOnlySpan<int> slots, Column target)
    {
        var typed = (Column<T>)target;
        if (!_hadNulls && !slots.Contains(-1))
        {
            var values = typed.Extend(slots.Length);
            for (var i = 0; i < slots.Length; i++)
            {
                values[i] = _values[slots[i]];
            }

            return;
        }

        foreach (var slot in slots)
        {
            if (slot >= 0)
            {
                Append(typed, _valid[slot], _values[slot]);
            }
            else
            {
                typed.AppendNull();
            }
        }
    }

    public override void AppendChanges(ReadOnlySpan<SlotChange> changes, Column? fresh, Column target)
    {
        var (source, typed) = ((Column<T>?)fresh, (Column<T>)target);
        if (!_hadNulls && source?.HasNulls != true)
        {
            AppendValid(changes, source, typed);
            return;
        }

        foreach (ref readonly var change in changes)
        {
            var slot = change.Slot;
            var (isValid, value) = source is null || change.Row < 0
                ? (_valid[slot], _values[slot])
                : (!source.IsNull(change.Row), source[change.Row]);
            if (change.Row >= 0)
            {
                Append(typed, isValid, value);
            }

            if (change.IsOld)
            {
                Append(typed, _valid[slot], _values[slot]);
            }

            _valid[slot] = isValid;
            _values[slot] = value;
            _hadNulls |= !isValid;
        }
    }

    public override void Write(int slot, SnapshotWriter writer)
    {
        writer.Write(_valid[slot]);
        if (_valid[slot])
        {
            SnapshotValue<T>.WriteOne(writer, _values[slot]);
        }
    }

    public override void Read(int slot, SnapshotReader reader)
    {
        _valid[slot] = reader.ReadBool();
        _hadNulls |= !_valid[slot];
        _values[slot] = _valid[slot] ? SnapshotValue<T>.ReadOne(reader) : default!;
    }

    public override void WriteAll(ReadOnlySpan<int> slots, SnapshotWriter writer)
    {
        var nulls = 0;
        foreach (var slot in slots)
        {
            nulls += _valid[slot] ? 0 : 1;
        }

        writer.Write(nulls > 0);
        foreach (var slot in nulls > 0 ? slots : [])
        {
            writer.Write(_valid[slot]);
        }

        foreach (var slot in slots)
        {
            if (_valid[slot])
            {
                SnapshotValue<T>.WriteOne(writer, _values[slot]);
            }
        }
    }

    public override void ReadAll(int first, int count, SnapshotReader reader)
    {
        var hasNulls = reader.ReadBool();
        _hadNulls |= hasNulls;
        var valid = _valid.AsSpan(first, count);
        var values = _values.AsSpan(first, count);
        valid.Fill(true);
        for (var i = 0; i < (hasNulls ? count : 0); i++)
        {
            valid[i] = reader.ReadBool();
        }

        for (var i = 0; i < count; i++)
        {
            values[i] = valid[i] ? SnapshotValue<T>.ReadOne(reader) : default!;
        }
    }

    public override void Combine(int first, Span<ulong> hashes)
    {
        var valid = _valid.AsSpan(first, hashes.Length);
        var values = _values.AsSpan(first, hashes.Length);
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = StateHash.Combine(hashes[i], valid[i] ? ColumnHash.Of(values[i]) : StateHash.Null);
        }
    }

    // As AppendChanges, where all values are there.
    private void AppendValid(ReadOnlySpan<SlotChange> changes, Column<T>? source, Column<T> target)
    {
        var count = 0;
        foreach (ref readonly var change in changes)
        {
            count += (change.Row >= 0 ? 1 : 0) + (change.IsOld ? 1 : 0);
        }

        var values = target.Extend(count);
        var fresh = source is null ? default : source.Values;
        var at = 0;
        foreach (ref readonly var change in changes)
        {
            ref var stored = ref _values[change.Slot];
            var value = change.Row < 0 || source is null ? stored : fresh[change.Row];
            if (change.Row >= 0)
            {
                values[at++] = value;
            }

            if (change.IsOld)
            {
                values[at++] = stored;
            }

            stored = value;
            _valid[change.Slot] = true;
        }
    }

    private static bool AllEqual(string[] stored, ReadOnlySpan<int> slots, ReadOnlySpan<string> texts)
    {
        for (var row = 0; row < slots.Length; row++)
        {
            var slot = slots[row];
            if (slot >= 0 && !string.Equals(stored[slot], texts[row], StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    private static void Append(Column<T> target, bool isValid, T value)
    {
        if (isValid)
        {
            target.Append(value);
        }
        else
        {
            target.AppendNull();
        }
    }
}
