using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>
/// Smallest (sign 1) or largest (sign -1) value of each group where no member goes but all together. Null and NaN do not count.
/// </summary>
internal sealed class RunningExtreme<T>(int field, FieldType type, int sign) : GroupState
{
    private readonly StoreColumn<T> _values = (StoreColumn<T>)StoreColumn.Create(type);
    private bool[] _has = [];

    /// <summary>The values by group.</summary>
    public StoreColumn Values => _values;

    /// <summary>The slot of a group's value; -1 for none.</summary>
    public int SlotOf(int group) => _has[group] ? group : -1;

    /// <inheritdoc/>
    public override void Resize(int capacity)
    {
        Array.Resize(ref _has, capacity);
        _values.Resize(capacity);
    }

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<GroupChange> changes, EventBlock input, long now)
    {
        var column = input.ColumnOf<T>(field);
        foreach (ref readonly var change in changes)
        {
            if (change.Kind == ChangeKind.Emptied)
            {
                Reset(change.Group);
            }
            else if (change.Kind == ChangeKind.Added && !column.IsNull(change.Row) && ValueOrder<T>.IsOrdered(column[change.Row])
                && (!_has[change.Group] || ValueOrder<T>.Of(column[change.Row], _values[change.Group]) * sign < 0))
            {
                _values.Set(change.Group, column, change.Row);
                _has[change.Group] = true;
            }
        }
    }

    /// <inheritdoc/>
    public override void Reset(int group)
    {
        _has[group] = false;
        _values.Release(group);
    }

    /// <inheritdoc/>
    public override ulong Hash(int group) => _has[group] ? _values.Hash(group) : 0;

    /// <inheritdoc/>
    public override void Write(int group, SnapshotWriter writer)
    {
        writer.Write(_has[group]);
        if (_has[group])
        {
            _values.Write(group, writer);
        }
    }

    /// <inheritdoc/>
    public override void Read(int group, SnapshotReader reader)
    {
        _has[group] = reader.ReadBool();
        if (_has[group])
        {
            _values.Read(group, reader);
        }
    }
}
