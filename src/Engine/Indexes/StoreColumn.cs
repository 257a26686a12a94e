using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Indexes;

/// <summary>What a slot's row gives when it changes.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Row">The row with the new values; -1 for none.</param>
/// <param name="IsOld">True when the stored row leaves.</param>
internal readonly record struct SlotChange(int Slot, int Row, bool IsOld);

/// <summary>
/// One field's values of the rows of a store, by slot. Slots are reused; values of free slots mean nothing.
/// </summary>
internal abstract class StoreColumn
{
    public abstract void Resize(int capacity);

    /// <summary>Stores value <paramref name="row"/> of a column of the same storage type.</summary>
    public abstract void Set(int slot, Column source, int row);

    /// <summary>Stores values in some slots, and lets go of what others refer to, in order.</summary>
    /// <param name="slots">The slots.</param>
    /// <param name="rows">By slot, the row of its new value; -1 for one that is free now.</param>
    /// <param name="source">A column of the same storage type.</param>
    public abstract void SetAll(ReadOnlySpan<int> slots, ReadOnlySpan<int> rows, Column source);

    /// <summary>Lets go of what a free slot refers to.</summary>
    public abstract void Release(int slot);

    public abstract bool IsNull(int slot);

    public abstract bool EqualTo(int slot, Column source, int row);

    /// <summary>True when in each row that has a slot the column's value is the stored one; rows without have slot -1.</summary>
    public abstract bool AllEqual(ReadOnlySpan<int> slots, Column source);

    public abstract int Compare(int left, int right);

    public abstract ulong Hash(int slot);

    public abstract void AppendTo(int slot, Column target);

    /// <summary>Appends the values of some slots, in order; slot -1 is null.</summary>
    public abstract void AppendSlots(ReadOnlySpan<int> slots, Column target);

    /// <summary>
    /// Appends, for each change in order, its new value where it has one, then the stored one where that leaves; then stores
    /// the new one.
    /// </summary>
    /// <param name="changes">The changes.</param>
    /// <param name="fresh">The new values by row; null for values that stay as they are stored.</param>
    /// <param name="target">The output column.</param>
    public abstract void AppendChanges(ReadOnlySpan<SlotChange> changes, Column? fresh, Column target);

    public abstract void Write(int slot, SnapshotWriter writer);

    public abstract void Read(int slot, SnapshotReader reader);

    /// <summary>Writes the values of some slots, in order.</summary>
    public abstract void WriteAll(ReadOnlySpan<int> slots, SnapshotWriter writer);

    /// <summary>Reads the values of slots that follow each other.</summary>
    public abstract void ReadAll(int first, int count, SnapshotReader reader);

    /// <summary>Folds the hashes of the values in slots that follow each other into one hash a slot.</summary>
    public abstract void Combine(int first, Span<ulong> hashes);

    /// <summary>The stored value of a column of whole numbers.</summary>
    public long GetInt64(int slot) => ((StoreColumn<long>)this)[slot];

    public static StoreColumn Create(FieldType type) => type switch
    {
        FieldType.Int32 or FieldType.Int64 or FieldType.Date or FieldType.Stamp => new StoreColumn<long>(),
        FieldType.Double => new StoreColumn<double>(),
        FieldType.String => new StoreColumn<string>(),
        FieldType.Money => new StoreColumn<decimal>(),
        FieldType.Blob => new StoreColumn<byte[]>(),
        FieldType.ArrayInt32 or FieldType.ArrayInt64 => new StoreColumn<long?[]>(),
        FieldType.ArrayDouble => new StoreColumn<double?[]>(),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a field type."),
    };
}
