using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>Sum and number of the whole numbers (or times) of each group, exact.</summary>
internal sealed class WholeSum(int field) : GroupState
{
    private (Int128 Sum, long Count)[] _entries = [];

    /// <summary>The sum; null for no value, and beyond 64 bits.</summary>
    public long? Sum(int group)
    {
        var (sum, count) = _entries[group];
        return count > 0 && sum >= long.MinValue && sum <= long.MaxValue ? (long)sum : null;
    }

    /// <summary>The mean; null for no value.</summary>
    public double? Mean(int group)
    {
        var (sum, count) = _entries[group];
        return count > 0 ? (double)sum / count : null;
    }

    /// <inheritdoc/>
    public override void Resize(int capacity) => Array.Resize(ref _entries, capacity);

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<GroupChange> changes, EventBlock input, long now)
    {
        var values = input.ColumnOf<long>(field);
        foreach (ref readonly var change in changes)
        {
            if (change.Kind == ChangeKind.Emptied)
            {
                _entries[change.Group] = default;
            }
            else if (!values.IsNull(change.Row))
            {
                ref var entry = ref _entries[change.Group];
                var isAdded = change.Kind == ChangeKind.Added;
                entry.Sum += isAdded ? values[change.Row] : -(Int128)values[change.Row];
                entry.Count += isAdded ? 1 : -1;
            }
        }
    }

    /// <inheritdoc/>
    public override void Reset(int group) => _entries[group] = default;

    /// <inheritdoc/>
    public override ulong Hash(int group) =>
        StateHash.Combine((ulong)_entries[group].Sum, (ulong)_entries[group].Count);

    /// <inheritdoc/>
    public override void Write(int group, SnapshotWriter writer)
    {
        var (sum, count) = _entries[group];
        writer.Write((ulong)(sum >> 64));
        writer.Write((ulong)(sum & ulong.MaxValue));
        writer.Write(count);
    }

    /// <inheritdoc/>
    public override void Read(int group, SnapshotReader reader)
    {
        var high = reader.ReadUInt64();
        _entries[group] = (new Int128(high, reader.ReadUInt64()), reader.ReadInt64());
    }
}
