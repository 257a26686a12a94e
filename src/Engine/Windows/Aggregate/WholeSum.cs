using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>Sum and number of the whole numbers (or times) of each group, exact.</summary>
internal sealed class WholeSum(int field) : SumState<long, WholeSum.Kept>(field)
{
    /// <summary>The sum; null for no value, and beyond 64 bits.</summary>
    public long? Sum(int group)
    {
        ref readonly var kept = ref Entry(group);
        return kept.Count > 0 && kept.Sum >= long.MinValue && kept.Sum <= long.MaxValue ? (long)kept.Sum : null;
    }

    /// <summary>The mean; null for no value.</summary>
    public double? Mean(int group)
    {
        ref readonly var kept = ref Entry(group);
        return kept.Count > 0 ? (double)kept.Sum / kept.Count : null;
    }

    internal struct Kept : ISumEntry<long>
    {
        public Int128 Sum;
        public long Count;

        public void Put(long value, int sign)
        {
            Sum += sign > 0 ? value : -(Int128)value;
            Count += sign;
        }

        public readonly ulong Digest() => StateHash.Combine((ulong)Sum, (ulong)Count);

        public readonly void WriteState(SnapshotWriter writer)
        {
            writer.Write((ulong)(Sum >> 64));
            writer.Write((ulong)(Sum & ulong.MaxValue));
            writer.Write(Count);
        }

        public void ReadState(SnapshotReader reader)
        {
            var high = reader.ReadUInt64();
            (Sum, Count) = (new Int128(high, reader.ReadUInt64()), reader.ReadInt64());
        }
    }
}
