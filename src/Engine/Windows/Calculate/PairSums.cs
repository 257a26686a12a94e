using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>
/// Sums over pairs of numbers that can be taken out again, for their correlation. They are taken around a pair near the means, and
/// compensated. Whether a variable does not change at all is known exactly, by how many of the newest values are equal.
/// </summary>
internal sealed class PairSums
{
    private CompensatedSum _x;
    private CompensatedSum _y;
    private CompensatedSum _xx;
    private CompensatedSum _yy;
    private CompensatedSum _xy;
    private double _shiftX;
    private double _shiftY;
    private double _lastX;
    private double _lastY;
    private long _runX;
    private long _runY;

    /// <summary>Pairs in the sums.</summary>
    public long Count { get; private set; }

    /// <summary>Adds the newest pair.</summary>
    public void Enter(double x, double y)
    {
        if (Count == 0)
        {
            Restart(x, y);
        }

        (_runX, _runY) = (_runX > 0 && x == _lastX ? _runX + 1 : 1, _runY > 0 && y == _lastY ? _runY + 1 : 1);
        (_lastX, _lastY) = (x, y);
        Add(x, y, 1);
    }

    /// <summary>Takes the oldest pair out.</summary>
    public void Leave(double x, double y) => Add(x, y, -1);

    /// <summary>Forgets the sums, not the run of equal values; the pairs follow by <see cref="Again"/>.</summary>
    public void BeginAnew()
    {
        if (Count > 0)
        {
            Restart(_shiftX + (_x.Value / Count), _shiftY + (_y.Value / Count));
        }
    }

    /// <summary>Adds a pair again after <see cref="BeginAnew"/>.</summary>
    public void Again(double x, double y) => Add(x, y, 1);

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Restart(0, 0);
        (_runX, _runY) = (0, 0);
    }

    /// <summary>Pearson's correlation; NaN for fewer than two pairs or when a variable does not change.</summary>
    public double Correlation() => Math.Clamp((_xy.Value - (_x.Value * _y.Value / Count)) / Scale(), -1, 1);

    /// <summary>Root of the product of both corrected sums of squares; NaN for fewer than two pairs or when a variable does not change.</summary>
    public double Scale()
    {
        if (Count < 2 || _runX >= Count || _runY >= Count)
        {
            return double.NaN;
        }

        var xx = _xx.Value - (_x.Value * _x.Value / Count);
        var yy = _yy.Value - (_y.Value * _y.Value / Count);
        return Math.Sqrt(xx * yy);
    }

    /// <summary>
    /// True: the values have moved so far from where the sums are taken that digits are lost; they want to be taken anew. That comes
    /// seldom, for the mean must have moved by many deviations.
    /// </summary>
    public bool IsCoarse => Count >= 2 && ((_runX < Count && IsLost(_x.Value, _xx.Value)) || (_runY < Count && IsLost(_y.Value, _yy.Value)));

    /// <summary>The means; NaN for none.</summary>
    public (double X, double Y) Means() => (_shiftX + (_x.Value / Count), _shiftY + (_y.Value / Count));

    public ulong Digest() => StateHash.Combine(StateHash.Combine((ulong)Count, _x.Digest()), _xy.Digest());

    public void WriteState(SnapshotWriter writer)
    {
        writer.Write(Count);
        writer.Write(_runX);
        writer.Write(_runY);
        foreach (var number in (ReadOnlySpan<double>)[_shiftX, _shiftY, _lastX, _lastY])
        {
            writer.Write(number);
        }

        _x.WriteState(writer);
        _y.WriteState(writer);
        _xx.WriteState(writer);
        _yy.WriteState(writer);
        _xy.WriteState(writer);
    }

    public void ReadState(SnapshotReader reader)
    {
        Count = reader.ReadInt64();
        _runX = reader.ReadInt64();
        _runY = reader.ReadInt64();
        (_shiftX, _shiftY, _lastX, _lastY) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        _x.ReadState(reader);
        _y.ReadState(reader);
        _xx.ReadState(reader);
        _yy.ReadState(reader);
        _xy.ReadState(reader);
    }

    private bool IsLost(double sum, double squares) => squares - (sum * sum / Count) < 1e-6 * squares;

    private void Restart(double x, double y)
    {
        Count = 0;
        (_shiftX, _shiftY) = (double.IsFinite(x) ? x : 0, double.IsFinite(y) ? y : 0);
        _x.Clear();
        _y.Clear();
        _xx.Clear();
        _yy.Clear();
        _xy.Clear();
    }

    private void Add(double x, double y, int sign)
    {
        Count += sign;
        var (dx, dy) = (x - _shiftX, y - _shiftY);
        _x.Add(sign * dx);
        _y.Add(sign * dy);
        _xx.Add(sign * dx * dx);
        _yy.Add(sign * dy * dy);
        _xy.Add(sign * dx * dy);
    }
}
