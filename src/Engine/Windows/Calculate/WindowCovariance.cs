using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>
/// Mean and covariance of the last samples, by sums that run. They are taken around a sample near the mean, and anew once a window
/// length, so that rounding does not build up.
/// </summary>
internal sealed class WindowCovariance : ICovariance
{
    private readonly int _size;
    private readonly int _length;
    private readonly int _hop;
    private readonly ValueRing _ring;
    private readonly double[] _shift;
    private readonly double[] _sums;
    private readonly double[] _products;

    public WindowCovariance(int size, int length, int hop)
    {
        AlgorithmSetup.CheckSize(size, length);
        (_size, _length, _hop) = (size, length, hop);
        _ring = new ValueRing(size, length);
        (_shift, _sums, _products) = (new double[size], new double[size], new double[size * size]);
    }

    public bool Push(ReadOnlySpan<double> sample)
    {
        if (_ring.Seen == 0)
        {
            sample.CopyTo(_shift);
        }

        if (_ring.IsFull)
        {
            Add(_ring[0], -1);
        }

        Add(sample, 1);
        if (_ring.Push(sample) | IsCoarse())
        {
            SumAnew();
        }

        return _ring.IsFull && (_ring.Seen - _length) % _hop == 0;
    }

    public void Get(Span<double> sample, Span<double> matrix)
    {
        var count = (double)_ring.Count;
        for (var i = 0; i < _size; i++)
        {
            sample[i] -= _shift[i] + (_sums[i] / count);
            for (var j = 0; j < _size; j++)
            {
                matrix[(i * _size) + j] = (_products[(i * _size) + j] - (_sums[i] * _sums[j] / count)) / Math.Max(1, count - 1);
            }
        }
    }

    public ulong Digest() => StateHash.Combine((ulong)_ring.Seen, BitConverter.DoubleToUInt64Bits(_sums[0]));

    public void WriteState(SnapshotWriter writer)
    {
        _ring.WriteState(writer);
        NumberLists.WriteNumbers(writer, _shift);
        NumberLists.WriteNumbers(writer, _sums);
        NumberLists.WriteNumbers(writer, _products);
    }

    public void ReadState(SnapshotReader reader)
    {
        _ring.ReadState(reader);
        NumberLists.ReadNumbers(reader, _shift);
        NumberLists.ReadNumbers(reader, _sums);
        NumberLists.ReadNumbers(reader, _products);
    }

    // The mean of a variable has moved by many deviations from where its sums are taken.
    private bool IsCoarse()
    {
        for (var i = 0; i < _size; i++)
        {
            var squares = _products[(i * _size) + i];
            if (squares - (_sums[i] * _sums[i] / _ring.Count) < 1e-6 * squares)
            {
                return true;
            }
        }

        return false;
    }

    private void Add(ReadOnlySpan<double> sample, int sign)
    {
        for (var i = 0; i < _size; i++)
        {
            var distance = sign * (sample[i] - _shift[i]);
            _sums[i] += distance;
            for (var j = 0; j < _size; j++)
            {
                _products[(i * _size) + j] += distance * (sample[j] - _shift[j]);
            }
        }
    }

    private void SumAnew()
    {
        for (var i = 0; i < _size; i++)
        {
            _shift[i] += _sums[i] / _ring.Count;
        }

        _sums.AsSpan().Clear();
        _products.AsSpan().Clear();
        for (var i = 0; i < _ring.Count; i++)
        {
            Add(_ring[i], 1);
        }
    }
}
