using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>
/// A sum that keeps what rounding drops (Neumaier). Values can be taken out again; the compensation is part of the
/// state, so that a restored sum goes on bit by bit as the original.
/// </summary>
internal struct CompensatedSum
{
    private double _sum;
    private double _compensation;

    /// <summary>The sum.</summary>
    public readonly double Value => _sum + _compensation;

    /// <summary>The sum as rounded; with <see cref="Low"/> it is the sum with twice the digits.</summary>
    public readonly double High => _sum;

    /// <summary>What rounding dropped.</summary>
    public readonly double Low => _compensation;

    public void Add(double value)
    {
        var sum = _sum + value;
        _compensation += Math.Abs(_sum) >= Math.Abs(value) ? (_sum - sum) + value : (value - sum) + _sum;
        _sum = sum;
    }

    public void Clear() => (_sum, _compensation) = (0, 0);

    public readonly ulong Digest() => StateHash.Combine(
        BitConverter.DoubleToUInt64Bits(_sum), BitConverter.DoubleToUInt64Bits(_compensation));

    public readonly void WriteState(SnapshotWriter writer)
    {
        writer.Write(_sum);
        writer.Write(_compensation);
    }

    public void ReadState(SnapshotReader reader) => (_sum, _compensation) = (reader.ReadDouble(), reader.ReadDouble());
}
