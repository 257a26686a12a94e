using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>A state that is one value of a field, of any type, for each group, or none.</summary>
internal abstract class ValueState(FieldType type) : GroupState
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

    /// <summary>True when the group has a value, which may be null.</summary>
    protected bool Has(int group) => _has[group];

    protected void Set(int group, Column source, int row)
    {
        Values.Set(group, source, row);
        _has[group] = true;
    }
}
