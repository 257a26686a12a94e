using Lockstep.Contracts.Events;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>Which of the values that come a group keeps.</summary>
internal enum KeptRule
{
    /// <summary>The first.</summary>
    First,

    /// <summary>That of the last event, a Delete counted; halves of updates and deletes by retention are not.</summary>
    Last,

    /// <summary>That of the last event but Delete.</summary>
    LastNonDelete,
}

/// <summary>One value of a field, of any type, for each group.</summary>
internal sealed class KeptValue(int field, FieldType type, KeptRule rule) : ValueState(type)
{
    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<GroupChange> changes, EventBlock input, long now)
    {
        var column = input.Columns[field];
        foreach (ref readonly var change in changes)
        {
            if (change.Kind == ChangeKind.Emptied)
            {
                Reset(change.Group);
            }
            else if (change.Kind == ChangeKind.Added ? rule != KeptRule.First || !Has(change.Group)
                : rule == KeptRule.Last && change.IsOwnDelete)
            {
                Set(change.Group, column, change.Row);
            }
        }
    }
}
