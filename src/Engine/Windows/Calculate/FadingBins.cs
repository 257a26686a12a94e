using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>
/// Bins that follow the values (Ben-Haim and Tom-Tov 2010): each value is a bin of its own until there are too many; then the two
/// nearest become one at their centre of mass. Older weights fade: instead of all weights shrinking, the next one is larger.
/// </summary>
internal sealed class FadingBins(int most, double share)
{
    private const double UnitMax = 1e100;
    private readonly double[] _centers = new double[most + 1];
    private readonly double[] _weights = new double[most + 1];
    private double _unit = 1;

    /// <summary>How many bins there are.</summary>
    public int Count { get; private set; }

    /// <summary>Their centres, ascending.</summary>
    public ReadOnlySpan<double> Centers => _centers.AsSpan(0, Count);

    /// <summary>Writes the weights, where a value that just came weighs 1.</summary>
    public ReadOnlySpan<double> Weights(Span<double> target)
    {
        for (var i = 0; i < Count; i++)
        {
            target[i] = _weights[i] / _unit;
        }

        return target[..Count];
    }

    public void Add(double value)
    {
        _unit /= share;
        if (_unit > UnitMax)
        {
            for (var i = 0; i < Count; i++)
            {
                _weights[i] /= _unit;
            }

            _unit = 1;
        }

        var at = Centers.BinarySearch(value);
        if (at >= 0)
        {
            _weights[at] += _unit;
            return;
        }

        at = ~at;
        _centers.AsSpan(at, Count - at).CopyTo(_centers.AsSpan(at + 1));
        _weights.AsSpan(at, Count - at).CopyTo(_weights.AsSpan(at + 1));
        (_centers[at], _weights[at]) = (value, _unit);
        Count++;
        if (Count > most)
        {
            Merge();
        }
    }

    /// <summary>The value below which a share of the weight lies: the weight runs straight from centre to centre. NaN without values.</summary>
    public double Quantile(double quantile)
    {
        var target = 0.0;
        foreach (var weight in _weights.AsSpan(0, Count))
        {
            target += weight;
        }

        target *= quantile;
        var below = Count > 0 ? _weights[0] / 2 : 0;
        if (Count == 0 || target <= below)
        {
            return Count == 0 ? double.NaN : _centers[0];
        }

        for (var i = 0; i + 1 < Count; i++)
        {
            var (left, right) = (_weights[i], _weights[i + 1]);
            var step = (left + right) / 2;
            if (target < below + step)
            {
                var (slope, rest) = (right - left, target - below);
                var place = slope == 0 ? rest / left : (-left + Math.Sqrt((left * left) + (2 * slope * rest))) / slope;
                return _centers[i] + ((_centers[i + 1] - _centers[i]) * Math.Clamp(place, 0, 1));
            }

            below += step;
        }

        return _centers[Count - 1];
    }

    public ulong Digest() => StateHash.Combine((ulong)Count, BitConverter.DoubleToUInt64Bits(_unit));

    public void WriteState(SnapshotWriter writer)
    {
        writer.Write(_unit);
        NumberLists.WriteNumbers(writer, Centers);
        NumberLists.WriteNumbers(writer, _weights.AsSpan(0, Count));
    }

    /// <exception cref="SnapshotFormatException">There are more bins than allowed.</exception>
    public void ReadState(SnapshotReader reader)
    {
        _unit = reader.ReadDouble();
        var centers = NumberLists.ReadNumbers(reader, reader.ReadCount());
        var weights = NumberLists.ReadNumbers(reader, reader.ReadCount());
        if (centers.Count > most || weights.Count != centers.Count)
        {
            throw new SnapshotFormatException("The snapshot is damaged: a histogram has another number of bins.");
        }

        centers.CopyTo(_centers);
        weights.CopyTo(_weights);
        Count = centers.Count;
    }

    private void Merge()
    {
        var at = 0;
        for (var i = 1; i + 1 < Count; i++)
        {
            at = _centers[i + 1] - _centers[i] < _centers[at + 1] - _centers[at] ? i : at;
        }

        var weight = _weights[at] + _weights[at + 1];
        _centers[at] += (_centers[at + 1] - _centers[at]) * (_weights[at + 1] / weight);
        _weights[at] = weight;
        _centers.AsSpan(at + 2, Count - at - 2).CopyTo(_centers.AsSpan(at + 1));
        _weights.AsSpan(at + 2, Count - at - 2).CopyTo(_weights.AsSpan(at + 1));
        Count--;
    }
}
