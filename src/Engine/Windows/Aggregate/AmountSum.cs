using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>Sum and number of the amounts of each group. A sum beyond what a decimal holds is null until the group starts anew.</summary>
internal sealed class AmountSum(int field) : GroupState
{
    // Two amounts below this can be added without overflow.
    private const decimal AmountMax = 39_000_000_000_000_000_000_000_000_000m;
    private (decimal Sum, long Count, bool IsBeyond)[] _entries = [];

    /// <summary>The sum; null for no value.</summary>
    public decimal? Sum(int group) => _entries[group] is (var sum, > 0, false) ? sum : null;

    /// <summary>The mean; null for no value.</summary>
    public decimal? Mean(int group) => _entries[group] is (var sum, > 0 and var count, false) ? sum / count : null;

    /// <inheritdoc/>
    public override void Resize(int capacity) => Array.Resize(ref _entries, capacity);

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<GroupChange> changes, EventBlock input, long now)
    {
        var values = input.ColumnOf<decimal>(field);
        foreach (ref readonly var change in changes)
        {
            ref var entry = ref _entries[change.Group];
            if (change.Kind == ChangeKind.Emptied)
            {
                entry = default;
            }
            else if (!values.IsNull(change.Row))
            {
                var isAdded = change.Kind == ChangeKind.Added;
                entry.Count += isAdded ? 1 : -1;
                entry.IsBeyond |= Math.Abs(values[change.Row]) > AmountMax || Math.Abs(entry.Sum) > AmountMax;
                entry.Sum = entry.IsBeyond ? 0 : isAdded ? entry.Sum + values[change.Row] : entry.Sum - values[change.Row];
            }
        }
    }

    /// <inheritdoc/>
    public override void Reset(int group) => _entries[group] = default;

    /// <inheritdoc/>
    public override ulong Hash(int group) => StateHash.Combine(
        StateHash.Of(_entries[group].Sum), (ulong)_entries[group].Count + (_entries[group].IsBeyond ? 1UL << 63 : 0));

    /// <inheritdoc/>
    public override void Write(int group, SnapshotWriter writer)
    {
        writer.Write(_entries[group].Sum);
        writer.Write(_entries[group].Count);
        writer.Write(_entries[group].IsBeyond);
    }

    /// <inheritdoc/>
    public override void Read(int group, SnapshotReader reader) =>
        _entries[group] = (reader.ReadDecimal(), reader.ReadInt64(), reader.ReadBool());
}
