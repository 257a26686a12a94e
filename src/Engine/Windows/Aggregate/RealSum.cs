using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>
/// Compensated sum and number of the real numbers of each group. Infinities and NaN are counted, not added, so that they
/// leave with their values.
/// </summary>
internal sealed class RealSum(int field) : SumState<double, RealSum.Kept>(field)
{
    /// <summary>The sum; null for no value.</summary>
    public double? Sum(int group)
    {
        ref readonly var kept = ref Entry(group);
        return kept.Count == 0 ? null : kept.IsFinite ? kept.Finite.Value
            : kept.NaNs > 0 || (kept.Highs > 0 && kept.Lows > 0) ? double.NaN
            : kept.Highs > 0 ? double.PositiveInfinity : double.NegativeInfinity;
    }

    /// <summary>The mean; null for no value.</summary>
    public double? Mean(int group) => Sum(group) / Entry(group).Count;

    internal struct Kept : ISumEntry<double>
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

        public readonly ulong Digest()
        {
            var hash = StateHash.Combine(Finite.Digest(), (ulong)Count);
            return IsFinite ? hash
                : StateHash.Combine(StateHash.Combine(StateHash.Combine(hash, (ulong)NaNs), (ulong)Highs), (ulong)Lows);
        }

        public readonly void WriteState(SnapshotWriter writer)
        {
            Finite.WriteState(writer);
            writer.Write(Count);
            writer.Write(NaNs);
            writer.Write(Highs);
            writer.Write(Lows);
        }

        public void ReadState(SnapshotReader reader)
        {
            Finite.ReadState(reader);
            Count = reader.ReadInt64();
            NaNs = reader.ReadInt32();
            Highs = reader.ReadInt32();
            Lows = reader.ReadInt32();
        }
    }
}
