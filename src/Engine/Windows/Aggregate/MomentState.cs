using Lockstep.Contracts.Events;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>
/// Sums of each group's values and squares around its first value, from which variances follow. Squares are summed with
/// what rounding drops from them, so that values far from the first one still give exact digits.
/// </summary>
internal sealed class MomentState(int field) : GroupState
{
    private Entry[] _entries = [];

    /// <summary>Sample variance: 0 for one value, null for none.</summary>
    public double? Variance(int group) =>
        Css(group) is { } css ? _entries[group].Count > 1 ? css / (_entries[group].Count - 1) : 0 : null;

    /// <summary>Sample standard deviation: 0 for one value, null for none.</summary>
    public double? Std(int group) => Variance(group) is { } variance ? Math.Sqrt(variance) : null;

    /// <summary>Standard error of the mean; null for no value.</summary>
    public double? StdErr(int group) => Std(group) / Math.Sqrt(_entries[group].Count);

    /// <summary>Coefficient of variation in percent; null for no value and for mean 0.</summary>
    public double? Cv(int group) => Mean(group) is { } mean and not 0 ? 100 * Std(group) / mean : null;

    /// <summary>Uncorrected sum of squares; null for no value.</summary>
    public double? Uss(int group) => Css(group) + (_entries[group].Count * Mean(group) * Mean(group));

    /// <summary>Sum of squared distances from the mean; null for no value.</summary>
    public double? Css(int group)
    {
        ref readonly var entry = ref _entries[group];
        if (entry.Count == 0 || entry.Odd > 0)
        {
            return entry.Count == 0 ? null : double.NaN;
        }

        // Second - First * First / n, with twice the digits: both terms may be equal in all but the last ones.
        var (high, low, n) = (entry.First.High, entry.First.Low, entry.Count);
        var square = high * high;
        var rest = Math.FusedMultiplyAdd(high, high, -square) + (2 * high * low);
        var quotient = square / n;
        var quotientRest = (Math.FusedMultiplyAdd(-quotient, n, square) + rest) / n;
        return Math.Max(0, entry.Second.High - quotient + entry.Second.Low - quotientRest);
    }

    /// <inheritdoc/>
    public override void Resize(int capacity) => Array.Resize(ref _entries, capacity);

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<GroupChange> changes, EventBlock input, long now)
    {
        var column = input.Columns[field];
        foreach (ref readonly var change in changes)
        {
            if (change.Kind == ChangeKind.Emptied)
            {
                _entries[change.Group] = default;
            }
            else if (!column.IsNull(change.Row))
            {
                _entries[change.Group].Put(NumberColumn.At(column, change.Row), change.Kind == ChangeKind.Added ? 1 : -1);
            }
        }
    }

    /// <inheritdoc/>
    public override void Reset(int group) => _entries[group] = default;

    /// <inheritdoc/>
    public override ulong Hash(int group)
    {
        ref readonly var entry = ref _entries[group];
        var hash = StateHash.Combine(entry.First.Digest(), entry.Second.Digest());
        hash = StateHash.Combine(hash, BitConverter.DoubleToUInt64Bits(entry.Shift));
        return StateHash.Combine(StateHash.Combine(hash, (ulong)entry.Count), (ulong)entry.Odd);
    }

    /// <inheritdoc/>
    public override void Write(int group, SnapshotWriter writer)
    {
        ref readonly var entry = ref _entries[group];
        writer.Write(entry.Shift);
        entry.First.WriteState(writer);
        entry.Second.WriteState(writer);
        writer.Write(entry.Count);
        writer.Write(entry.Odd);
    }

    /// <inheritdoc/>
    public override void Read(int group, SnapshotReader reader)
    {
        ref var entry = ref _entries[group];
        entry.Shift = reader.ReadDouble();
        entry.First.ReadState(reader);
        entry.Second.ReadState(reader);
        entry.Count = reader.ReadInt64();
        entry.Odd = reader.ReadInt64();
    }

    private double? Mean(int group)
    {
        ref readonly var entry = ref _entries[group];
        return entry.Count == 0 ? null : entry.Odd > 0 ? double.NaN : entry.Shift + (entry.First.Value / entry.Count);
    }

    private struct Entry
    {
        public CompensatedSum First;
        public CompensatedSum Second;
        public double Shift;
        public long Count;

        // Infinities and NaN: counted, not added.
        public long Odd;

        public void Put(double value, int sign)
        {
            if (!double.IsFinite(value))
            {
                Odd += sign;
                Count += sign;
                return;
            }

            if (Count == Odd)
            {
                (First, Second, Shift) = (default, default, value);
            }

            Count += sign;
            var distance = value - Shift;
            var square = distance * distance;
            First.Add(sign * distance);
            Second.Add(sign * square);
            Second.Add(sign * Math.FusedMultiplyAdd(distance, distance, -square));
        }
    }
}
