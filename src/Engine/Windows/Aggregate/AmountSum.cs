using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>Sum and number of the amounts of each group. A sum beyond what a decimal holds is null until the group starts anew.</summary>
internal sealed class AmountSum(int field) : SumState<decimal, AmountSum.Kept>(field)
{
    /// <summary>The sum; null for no value.</summary>
    public decimal? Sum(int group) => Entry(group) is { Count: > 0, IsBeyond: false } kept ? kept.Sum : null;

    /// <summary>The mean; null for no value.</summary>
    public decimal? Mean(int group) => Entry(group) is { Count: > 0, IsBeyond: false } kept ? kept.Sum / kept.Count : null;

    internal struct Kept : ISumEntry<decimal>
    {
        // Two amounts below this can be added without overflow.
        private const decimal AmountMax = 39_000_000_000_000_000_000_000_000_000m;

        public decimal Sum;
        public long Count;
        public bool IsBeyond;

        public void Put(decimal value, int sign)
        {
            Count += sign;
            IsBeyond |= Math.Abs(value) > AmountMax || Math.Abs(Sum) > AmountMax;
            Sum = IsBeyond ? 0 : sign > 0 ? Sum + value : Sum - value;
        }

        public readonly ulong Digest() =>
            StateHash.Combine(StateHash.Of(Sum), (ulong)Count + (IsBeyond ? 1UL << 63 : 0));

        public readonly void WriteState(SnapshotWriter writer)
        {
            writer.Write(Sum);
            writer.Write(Count);
            writer.Write(IsBeyond);
        }

        public void ReadState(SnapshotReader reader) =>
            (Sum, Count, IsBeyond) = (reader.ReadDecimal(), reader.ReadInt64(), reader.ReadBool());
    }
}
