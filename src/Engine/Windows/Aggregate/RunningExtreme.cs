using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>
/// Smallest (sign 1) or largest (sign -1) value of each group where no member goes but all together. Null and NaN do not count.
/// </summary>
internal sealed class RunningExtreme<T>(int field, FieldType type, int sign) : ValueState(type)
{
    /// <summary>The slot of a group's value; -1 for none.</summary>
    public int SlotOf(int group) => Has(group) ? group : -1;

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<GroupChange> changes, EventBlock input, long now)
    {
        var (column, values) = (input.ColumnOf<T>(field), (StoreColumn<T>)Values);
        foreach (ref readonly var change in changes)
        {
            if (change.Kind == ChangeKind.Emptied)
            {
                Reset(change.Group);
            }
            else if (change.Kind == ChangeKind.Added && !column.IsNull(change.Row) && ValueOrder<T>.IsOrdered(column[change.Row])
                && (!Has(change.Group) || ValueOrder<T>.Of(column[change.Row], values[change.Group]) * sign < 0))
            {
                Set(change.Group, column, change.Row);
            }
        }
    }
}
