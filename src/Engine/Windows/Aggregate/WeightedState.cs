using Lockstep.Contracts.Events;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>Weighted mean of each group: members with both weight and value count.</summary>
internal sealed class WeightedState(int weight, int field) : GroupState
{
    private (CompensatedSum Products, CompensatedSum Weights, long Count)[] _entries = [];

    /// <summary>The weighted mean; null for no member and for weights that sum to 0.</summary>
    public double? Mean(int group)
    {
        ref readonly var entry = ref _entries[group];
        return entry.Count > 0 && entry.Weights.Value != 0 ? entry.Products.Value / entry.Weights.Value : null;
    }

    /// <inheritdoc/>
    public override void Resize(int capacity) => Array.Resize(ref _entries, capacity);

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<GroupChange> changes, EventBlock input, long now)
    {
        var (weights, values) = (input.Columns[weight], input.Columns[field]);
        foreach (ref readonly var change in changes)
        {
            ref var entry = ref _entries[change.Group];
            if (change.Kind == ChangeKind.Emptied)
            {
                entry = default;
            }
            else if (!weights.IsNull(change.Row) && !values.IsNull(change.Row))
            {
                var sign = change.Kind == ChangeKind.Added ? 1 : -1;
                var factor = NumberColumn.At(weights, change.Row);
                var value = NumberColumn.At(values, change.Row);
                var product = factor * value;
                entry.Count += sign;
                entry.Weights.Add(sign * factor);
                entry.Products.Add(sign * product);
                entry.Products.Add(sign * Math.FusedMultiplyAdd(factor, value, -product));
                if (entry.Count == 0)
                {
                    entry = default;
                }
            }
        }
    }

    /// <inheritdoc/>
    public override void Reset(int group) => _entries[group] = default;

    /// <inheritdoc/>
    public override ulong Hash(int group)
    {
        ref readonly var entry = ref _entries[group];
        return StateHash.Combine(StateHash.Combine(entry.Products.Digest(), entry.Weights.Digest()), (ulong)entry.Count);
    }

    /// <inheritdoc/>
    public override void Write(int group, SnapshotWriter writer)
    {
        ref readonly var entry = ref _entries[group];
        entry.Products.WriteState(writer);
        entry.Weights.WriteState(writer);
        writer.Write(entry.Count);
    }

    /// <inheritdoc/>
    public override void Read(int group, SnapshotReader reader)
    {
        ref var entry = ref _entries[group];
        entry.Products.ReadState(reader);
        entry.Weights.ReadState(reader);
        entry.Count = reader.ReadInt64();
    }
}
