using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>The value of one aggregate function: what expressions see as a field.</summary>
internal abstract class GroupResult(FieldType type)
{
    /// <summary>The type of its values.</summary>
    public FieldType Type { get; } = type;

    /// <summary>Appends the values for some groups that have members.</summary>
    public abstract void Append(ReadOnlySpan<int> groups, Column target);
}

/// <summary>A result that is a number.</summary>
internal sealed class NumberResult<T>(FieldType type, Func<int, T?> valueOf) : GroupResult(type)
    where T : struct
{
    /// <inheritdoc/>
    public override void Append(ReadOnlySpan<int> groups, Column target)
    {
        var typed = (Column<T>)target;
        var first = typed.Count;
        var values = typed.Extend(groups.Length);
        for (var i = 0; i < groups.Length; i++)
        {
            if (valueOf(groups[i]) is { } value)
            {
                values[i] = value;
            }
            else
            {
                typed.SetNull(first + i);
            }
        }
    }
}

/// <summary>A result that is text or an array.</summary>
internal sealed class ObjectResult<T>(FieldType type, Func<int, T?> valueOf) : GroupResult(type)
    where T : class
{
    /// <inheritdoc/>
    public override void Append(ReadOnlySpan<int> groups, Column target)
    {
        foreach (var group in groups)
        {
            if (valueOf(group) is { } value)
            {
                ((Column<T>)target).Append(value);
            }
            else
            {
                target.AppendNull();
            }
        }
    }
}

/// <summary>A result that is the smallest or largest value of the members that are there.</summary>
internal sealed class ExtremeResult(FieldType type, ExtremeChain chain) : GroupResult(type)
{
    /// <inheritdoc/>
    public override void Append(ReadOnlySpan<int> groups, Column target) => chain.Append(groups, target);
}

/// <summary>A result that is a kept value, by its slot in a store column; slot -1 is null.</summary>
internal sealed class StoredResult(FieldType type, StoreColumn column, Func<int, int> slotOf) : GroupResult(type)
{
    private int[] _slots = [];

    /// <summary>The values by slot.</summary>
    public StoreColumn Values => column;

    /// <summary>The slot of a group's value; -1 for none.</summary>
    public int SlotOf(int group) => slotOf(group);

    /// <inheritdoc/>
    public override void Append(ReadOnlySpan<int> groups, Column target)
    {
        if (_slots.Length < groups.Length)
        {
            _slots = new int[Math.Max(groups.Length, 2 * _slots.Length)];
        }

        for (var i = 0; i < groups.Length; i++)
        {
            _slots[i] = slotOf(groups[i]);
        }

        column.AppendSlots(_slots.AsSpan(0, groups.Length), target);
    }
}
