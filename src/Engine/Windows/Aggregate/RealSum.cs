using Lockstep.Contracts.Events;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>
/// Compensated sum and number of the real numbers of each group. Infinities and NaN are counted, not added, so that they
/// leave with their values.
/// </summary>
internal sealed class RealSum(int field) : GroupState
{
    private Entry[] _entries = [];

    /// <summary>The sum; null for no value.</summary>
    public double? Sum(int group)
    {
        ref readonly var entry = ref _entries[group];
        return entry.Count == 0 ? null : entry.IsFinite ? entry.Finite.Value
            : entry.NaNs > 0 || (entry.Highs > 0 && entry.Lows > 0) ? double.NaN
            : entry.Highs > 0 ? double.PositiveInfinity : double.NegativeInfinity;
    }

    /// <summary>The mean; null for no value.</summary>
    public double? Mean(int group) => Sum(group) / _entries[group].Count;

    /// <inheritdoc/>
    public override void Resize(int capacity) => Array.Resize(ref _entries, capacity);

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<GroupChange> changes, EventBlock input, long now)
    {
        var values = input.ColumnOf<double>(field);
        foreach (ref readonly var change in changes)
        {
            if (change.Kind == ChangeKind.Emptied)
            {
                _entries[change.Group] = default;
            }
            else if (!values.IsNull(change.Row))
            {
                _entries[change.Group].Put(values[change.Row], change.Kind == ChangeKind.Added ? 1 : -1);
            }
        }
    }

    /// <inheritdoc/>
    public override void Reset(int group) => _entries[group] = default;

    /// <inheritdoc/>
    public override ulong Hash(int group)
    {
        ref readonly var entry = ref _entries[group];
        var hash = StateHash.Combine(entry.Finite.Digest(), (ulong)entry.Count);
        return entry.IsFinite ? hash
            : StateHash.Combine(StateHash.Combine(StateHash.Combine(hash, (ulong)entry.NaNs), (ulong)entry.Highs), (ulong)entry.Lows);
    }

    /// <inheritdoc/>
    public override void Write(int group, SnapshotWriter writer)
    {
        ref readonly var entry = ref _entries[group];
        entry.Finite.WriteState(writer);
        writer.Write(entry.Count);
        writer.Write(entry.NaNs);
        writer.Write(entry.Highs);
        writer.Write(entry.Lows);
    }

    /// <inheritdoc/>
    public override void Read(int group, SnapshotReader reader)
    {
        ref var entry = ref _entries[group];
        entry.Finite.ReadState(reader);
        entry.Count = reader.ReadInt64();
        entry.NaNs = reader.ReadInt32();
        entry.Highs = reader.ReadInt32();
        entry.Lows = reader.ReadInt32();
    }

    private struct Entry
    {
        public CompensatedSum Finite;
        public long Count;
        public int NaNs;
        public int Highs;
        public int Lows;

        public readonly bool IsFinite => (NaNs | Highs | Lows) == 0;

        public void Put(double value, int sign)
        {
            Count += sign;
            if (double.IsFinite(value))
            {
                Finite.Add(sign * value);
            }
            else if (double.IsNaN(value))
            {
                NaNs += sign;
            }
            else if (value > 0)
            {
                Highs += sign;
            }
            else
            {
                Lows += sign;
            }

            if (Count == 0)
            {
                // Nothing is in the sum but rounding.
                Finite.Clear();
            }
        }
    }
}
