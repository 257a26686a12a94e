using Lockstep.Contracts.Events;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>
/// Sums of each group's values and squares around its first value, from which variances follow. Squares are summed with
/// what rounding drops from them, so that values far from the first one still give exact digits.
/// </summary>
internal sealed class MomentState(int field) : EntryState<MomentState.Kept>
{
    /// <summary>Sample variance: 0 for one value, null for none.</summary>
    public double? Variance(int group) =>
        Css(group) is { } css ? Entry(group).Count > 1 ? css / (Entry(group).Count - 1) : 0 : null;

    /// <summary>Sample standard deviation: 0 for one value, null for none.</summary>
    public double? Std(int group) => Variance(group) is { } variance ? Math.Sqrt(variance) : null;

    /// <summary>Standard error of the mean; null for no value.</summary>
    public double? StdErr(int group) => Std(group) / Math.Sqrt(Entry(group).Count);

    /// <summary>Coefficient of variation in percent; null for no value and for mean 0.</summary>
    public double? Cv(int group) => Mean(group) is { } mean and not 0 ? 100 * Std(group) / mean : null;

    /// <summary>Uncorrected sum of squares; null for no value.</summary>
    public double? Uss(int group) => Css(group) + (Entry(group).Count * Mean(group) * Mean(group));

    /// <summary>Sum of squared distances from the mean; null for no value.</summary>
    public double? Css(int group)
    {
        ref readonly var kept = ref Entry(group);
        if (kept.Count == 0 || kept.Odd > 0)
        {
            return kept.Count == 0 ? null : double.NaN;
        }

        // Second - First * First / n, with twice the digits: both terms may be equal in all but the last ones.
        var (high, low, n) = (kept.First.High, kept.First.Low, kept.Count);
        var square = high * high;
        var rest = Math.FusedMultiplyAdd(high, high, -square) + (2 * high * low);
        var quotient = square / n;
        var quotientRest = (Math.FusedMultiplyAdd(-quotient, n, square) + rest) / n;
        return Math.Max(0, kept.Second.High - quotient + kept.Second.Low - quotientRest);
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
            else if (!column.IsNull(change.Row))
            {
                Entry(change.Group).Put(NumberColumn.At(column, change.Row), change.Kind == ChangeKind.Added ? 1 : -1);
            }
        }
    }

    private double? Mean(int group)
    {
        ref readonly var kept = ref Entry(group);
        return kept.Count == 0 ? null : kept.Odd > 0 ? double.NaN : kept.Shift + (kept.First.Value / kept.Count);
    }

    internal struct Kept : IGroupEntry
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

        public readonly ulong Digest()
        {
            var hash = StateHash.Combine(First.Digest(), Second.Digest());
            hash = StateHash.Combine(hash, BitConverter.DoubleToUInt64Bits(Shift));
            return StateHash.Combine(StateHash.Combine(hash, (ulong)Count), (ulong)Odd);
        }

        public readonly void WriteState(SnapshotWriter writer)
        {
            writer.Write(Shift);
            First.WriteState(writer);
            Second.WriteState(writer);
            writer.Write(Count);
            writer.Write(Odd);
        }

        public void ReadState(SnapshotReader reader)
        {
            Shift = reader.ReadDouble();
            First.ReadState(reader);
            Second.ReadState(reader);
            Count = reader.ReadInt64();
            Odd = reader.ReadInt64();
        }
    }
}
