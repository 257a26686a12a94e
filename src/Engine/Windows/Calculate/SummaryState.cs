using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>
/// Statistics of the last n values (of all, for length 0), O(1) a value. Missing values (NaN) take a place in the window. Sums are
/// compensated; once every n values they are taken anew from the values themselves, in their order, so that error never builds up
/// and an infinity leaves with its value. Squares are summed around a value near the mean.
/// </summary>
internal sealed class SummaryState
{
    private readonly int _windowLength;
    private readonly bool _wantsMoments;
    private readonly ExtremeQueue? _smallest;
    private readonly ExtremeQueue? _largest;
    private double[] _ring = [];
    private long _seen;
    private int _next;
    private long _count;
    private long _missing;
    private ulong _history;
    private CompensatedSum _sum;
    private CompensatedSum _squares;
    private CompensatedSum _shifted;
    private CompensatedSum _shiftedSquares;
    private double _shift;

    /// <summary>Makes an empty state that keeps what the statistics need.</summary>
    public SummaryState(int windowLength, IReadOnlyCollection<Statistic> wanted)
    {
        _windowLength = windowLength;
        _wantsMoments = wanted.Any(s => s is Statistic.Std or Statistic.Var or Statistic.Css or Statistic.Uss
            or Statistic.Stderr or Statistic.Cv);
        _smallest = wanted.Contains(Statistic.Min) ? new ExtremeQueue(1, windowLength) : null;
        _largest = wanted.Contains(Statistic.Max) ? new ExtremeQueue(-1, windowLength) : null;
    }

    /// <summary>The sum of the values; 0 for none.</summary>
    public double Sum => _sum.Value;

    /// <summary>How many values are not missing.</summary>
    public long Count => _count;

    /// <summary>Takes the next value, NaN for a missing one; the oldest leaves a full window.</summary>
    public void Push(double value)
    {
        _history = StateHash.Combine(_history, BitConverter.DoubleToUInt64Bits(value));
        if (_windowLength > 0)
        {
            Slide(value);
        }

        Enter(value, _seen);
        _seen++;
        if (_windowLength > 0 && _next == _windowLength)
        {
            _next = 0;
            SumAnew();
        }
    }

    /// <summary>A statistic of the values in the window; null where it has no value.</summary>
    public double? Get(Statistic statistic) => statistic switch
    {
        Statistic.N => _count,
        Statistic.Nmiss => _missing,
        Statistic.Min => _smallest!.Value,
        Statistic.Max => _largest!.Value,
        _ when _count == 0 => null,
        Statistic.Sum => _sum.Value,
        Statistic.Mean => _sum.Value / _count,
        Statistic.Uss => _squares.Value,
        Statistic.Css => Css(),
        Statistic.Var => Variance(),
        Statistic.Std => Math.Sqrt(Variance() ?? double.NaN) is var std && double.IsNaN(std) ? null : std,
        Statistic.Stderr => Get(Statistic.Std) / Math.Sqrt(_count),
        _ => _sum.Value == 0 ? null : 100 * Get(Statistic.Std) / (_sum.Value / _count),
    };

    public ulong Digest()
    {
        var hash = StateHash.Combine(_history, (ulong)_seen);
        hash = StateHash.Combine(hash, _sum.Digest());
        return _wantsMoments ? StateHash.Combine(StateHash.Combine(hash, _squares.Digest()), _shiftedSquares.Digest()) : hash;
    }

    public void WriteState(SnapshotWriter writer)
    {
        writer.Write(_seen);
        writer.Write(_next);
        writer.Write(_count);
        writer.Write(_missing);
        writer.Write(_history);
        writer.Write(_shift);
        _sum.WriteState(writer);
        _squares.WriteState(writer);
        _shifted.WriteState(writer);
        _shiftedSquares.WriteState(writer);
        var held = Held();
        writer.Write(held);
        for (var i = 0; i < held; i++)
        {
            writer.Write(_ring[i]);
        }

        writer.Write(_smallest?.Value ?? double.NaN);
        writer.Write(_largest?.Value ?? double.NaN);
    }

    public void ReadState(SnapshotReader reader)
    {
        _seen = reader.ReadInt64();
        _next = reader.ReadInt32();
        _count = reader.ReadInt64();
        _missing = reader.ReadInt64();
        _history = reader.ReadUInt64();
        _shift = reader.ReadDouble();
        _sum.ReadState(reader);
        _squares.ReadState(reader);
        _shifted.ReadState(reader);
        _shiftedSquares.ReadState(reader);
        var held = reader.ReadCount();
        var values = new List<double>();
        for (var i = 0; i < held; i++)
        {
            values.Add(reader.ReadDouble());
        }

        _ring = [.. values];
        var (smallest, largest) = (reader.ReadDouble(), reader.ReadDouble());
        if (held != Held() || _next < 0 || _next > held)
        {
            throw new SnapshotFormatException("The snapshot is damaged: a summary's window does not fit its length.");
        }

        RestoreExtremes(smallest, largest);
    }

    private int Held() => (int)Math.Min(_seen, _windowLength);

    // Makes room in the ring for the value and takes the oldest out of the sums.
    private void Slide(double value)
    {
        if (_seen < _windowLength)
        {
            if (_next == _ring.Length)
            {
                Array.Resize(ref _ring, (int)Math.Min(_windowLength, Math.Max(16, 2L * _ring.Length)));
            }
        }
        else
        {
            Leave(_ring[_next]);
            _smallest?.DropBefore(_seen - _windowLength + 1);
            _largest?.DropBefore(_seen - _windowLength + 1);
        }

        _ring[_next++] = value;
    }

    private void Enter(double value, long at)
    {
        if (double.IsNaN(value))
        {
            _missing++;
            return;
        }

        if (_count++ == 0)
        {
            // Nothing is in the sums but rounding.
            Restart(value);
        }

        AddToSums(value, 1);
        _smallest?.Add(at, value);
        _largest?.Add(at, value);
    }

    private void Leave(double value)
    {
        if (double.IsNaN(value))
        {
            _missing--;
            return;
        }

        _count--;
        AddToSums(value, -1);
    }

    private void AddToSums(double value, double sign)
    {
        _sum.Add(sign * value);
        if (_wantsMoments)
        {
            var distance = value - _shift;
            _squares.Add(sign * (value * value));
            _shifted.Add(sign * distance);
            _shiftedSquares.Add(sign * (distance * distance));
        }
    }

    private void Restart(double shift)
    {
        _sum.Clear();
        _squares.Clear();
        _shifted.Clear();
        _shiftedSquares.Clear();
        _shift = double.IsFinite(shift) ? shift : 0;
    }

    private void SumAnew()
    {
        if (_count == 0)
        {
            return;
        }

        Restart(_sum.Value / _count);
        foreach (var value in _ring)
        {
            if (!double.IsNaN(value))
            {
                AddToSums(value, 1);
            }
        }
    }

    private double Css() =>
        Math.Max(0, _shiftedSquares.Value - (_shifted.Value * _shifted.Value / _count));

    private double? Variance() => _count > 1 ? Css() / (_count - 1) : null;

    private void RestoreExtremes(double smallest, double largest)
    {
        if (_windowLength == 0)
        {
            if (!double.IsNaN(smallest))
            {
                _smallest?.Add(0, smallest);
            }

            if (!double.IsNaN(largest))
            {
                _largest?.Add(0, largest);
            }

            return;
        }

        var held = Held();
        for (var i = 0; i < held; i++)
        {
            // A full ring begins at the place that is written next, one that still fills at 0.
            var at = held < _windowLength ? i : (_next + i) % held;
            if (!double.IsNaN(_ring[at]))
            {
                _smallest?.Add(_seen - held + i, _ring[at]);
                _largest?.Add(_seen - held + i, _ring[at]);
            }
        }
    }
}
