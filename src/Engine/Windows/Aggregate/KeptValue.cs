using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.State;

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
internal sealed class KeptValue(int field, FieldType type, KeptRule rule) : GroupState
{
    private bool[] _has = [];

    /// <summary>The values by group.</summary>
    public StoreColumn Values { get; } = StoreColumn.Create(type);

    /// <inheritdoc/>
    public override void Resize(int capacity)
    {
        Array.Resize(ref _has, capacity);
        Values.Resize(capacity);
    }

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
            else if (change.Kind == ChangeKind.Added ? rule != KeptRule.First || !_has[change.Group]
                : rule == KeptRule.Last && change.IsOwnDelete)
            {
                Values.Set(change.Group, column, change.Row);
                _has[change.Group] = true;
            }
        }
    }

    /// <inheritdoc/>
    public override void Reset(int group)
    {
        _has[group] = false;
        Values.Release(group);
    }

    /// <inheritdoc/>
    public override ulong Hash(int group) => _has[group] ? Values.Hash(group) : 0;

    /// <inheritdoc/>
    public override void Write(int group, SnapshotWriter writer)
    {
        writer.Write(_has[group]);
        if (_has[group])
        {
            Values.Write(group, writer);
        }
    }

    /// <inheritdoc/>
    public override void Read(int group, SnapshotReader reader)
    {
        _has[group] = reader.ReadBool();
        if (_has[group])
        {
            Values.Read(group, reader);
        }
    }
}
