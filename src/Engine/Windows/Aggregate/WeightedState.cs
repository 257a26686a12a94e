using Lockstep.Contracts.Events;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>Weighted mean of each group: members with both weight and value count.</summary>
internal sealed class WeightedState(int weight, int field) : EntryState<WeightedState.Kept>
{
    /// <summary>The weighted mean; null for no member and for weights that sum to 0.</summary>
    public double? Mean(int group)
    {
        ref readonly var kept = ref Entry(group);
        return kept.Count > 0 && kept.Weights.Value != 0 ? kept.Products.Value / kept.Weights.Value : null;
    }

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<GroupChange> changes, EventBlock input, long now)
    {
        var (weights, values) = (input.Columns[weight], input.Columns[field]);
        foreach (ref readonly var change in changes)
        {
            if (change.Kind == ChangeKind.Emptied)
            {
                Reset(change.Group);
            }
            else if (!weights.IsNull(change.Row) && !values.IsNull(change.Row))
            {
                Entry(change.Group).Put(
                    NumberColumn.At(weights, change.Row), NumberColumn.At(values, change.Row), change.Kind == ChangeKind.Added ? 1 : -1);
            }
        }
    }

    internal struct Kept : IGroupEntry
    {
        public CompensatedSum Products;
        public CompensatedSum Weights;
        public long Count;

        public void Put(double factor, double value, int sign)
        {
            var product = factor * value;
            Count += sign;
            Weights.Add(sign * factor);
            Products.Add(sign * product);
            Products.Add(sign * Math.FusedMultiplyAdd(factor, value, -product));
            if (Count == 0)
            {
                this = default;
            }
        }

        public readonly ulong Digest() =>
            StateHash.Combine(StateHash.Combine(Products.Digest(), Weights.Digest()), (ulong)Count);

        public readonly void WriteState(SnapshotWriter writer)
        {
            Products.WriteState(writer);
            Weights.WriteState(writer);
            writer.Write(Count);
        }

        public void ReadState(SnapshotReader reader)
        {
            Products.ReadState(reader);
            Weights.ReadState(reader);
            Count = reader.ReadInt64();
        }
    }
}
