using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>
/// LagMonitor: cross-correlation at each lag. The sum of products of each lag runs, so an event costs one product a lag and not a
/// window; once a window length they are taken anew.
/// </summary>
internal sealed class LagAlgorithm : CalculateAlgorithm
{
    private readonly InputPlace _input;
    private readonly InputPlace _target;
    private readonly LagOutputs _outputs;
    private readonly int _least;
    private readonly int _length;
    private readonly int _hop;
    private readonly bool _isEager;
    private readonly ValueRing _ring;
    private readonly PairSums _sums = new();
    private readonly double[] _products;
    private readonly double[] _correlations;
    private double _shiftX;
    private double _shiftY;

    public LagAlgorithm(AlgorithmSetup setup)
    {
        (_input, _target, _outputs) = (setup.Input("input"), setup.Input("target"), new LagOutputs(setup));
        _least = setup.Count("minLag");
        var most = setup.Count("maxLag");
        _length = setup.Count("windowLength");
        _isEager = setup.Count("overlap") < 0;
        _hop = setup.Hop(_length);
        if (most < _least)
        {
            throw new AlgorithmException($"minLag is {_least} and above maxLag, which is {most}.");
        }

        (_products, _correlations) = (new double[most - _least + 1], new double[most - _least + 1]);
        _ring = new ValueRing(2, _length);
    }

    public override void Observe(EventBlock block, int row, ResultRows rows)
    {
        var (x, y) = (_input.Number(block, row), _target.Number(block, row));
        if (!double.IsFinite(x) || !double.IsFinite(y))
        {
            return;
        }

        Note(x);
        Note(y);
        Push(x, y);
        if (_isEager || (_ring.IsFull && (_ring.Seen - _length) % _hop == 0))
        {
            Emit(rows);
        }
    }

    protected override ulong DigestOfResults() => StateHash.Combine(_sums.Digest(), BitConverter.DoubleToUInt64Bits(_products[0]));

    protected override void Write(SnapshotWriter writer)
    {
        writer.Write(_shiftX);
        writer.Write(_shiftY);
        _sums.WriteState(writer);
        _ring.WriteState(writer);
        NumberLists.WriteNumbers(writer, _products);
    }

    protected override void Read(SnapshotReader reader)
    {
        (_shiftX, _shiftY) = (reader.ReadDouble(), reader.ReadDouble());
        _sums.ReadState(reader);
        _ring.ReadState(reader);
        NumberLists.ReadNumbers(reader, _products);
    }

    private void Push(double x, double y)
    {
        if (_ring.Seen == 0)
        {
            (_shiftX, _shiftY) = (x, y);
        }

        if (_ring.IsFull)
        {
            _sums.Leave(_ring[0][0], _ring[0][1]);
            AddPairs(oldest: true, -1);
        }

        _sums.Enter(x, y);
        var isRound = _ring.Push(x, y);
        AddPairs(oldest: false, 1);
        if (isRound || _sums.IsCoarse)
        {
            SumAnew();
        }
    }

    // The pairs at each lag that the oldest, or the newest, event of the window is in.
    private void AddPairs(bool oldest, int sign)
    {
        var count = _ring.Count;
        for (var i = 0; i < _products.Length; i++)
        {
            var lag = _least + i;
            if (Math.Abs(lag) < count)
            {
                var (first, second) = oldest ? (0, Math.Abs(lag)) : (count - 1 - Math.Abs(lag), count - 1);
                _products[i] += sign * Product(lag, first, second);
            }
        }
    }

    // At a lag of 0 and more the input comes first and the target later, at one below the other way round.
    private double Product(int lag, int first, int second) => lag >= 0
        ? (_ring[first][0] - _shiftX) * (_ring[second][1] - _shiftY)
        : (_ring[second][0] - _shiftX) * (_ring[first][1] - _shiftY);

    private void SumAnew()
    {
        var (x, y) = (0.0, 0.0);
        for (var i = 0; i < _ring.Count; i++)
        {
            (x, y) = (x + _ring[i][0], y + _ring[i][1]);
        }

        (_shiftX, _shiftY) = (x / _ring.Count, y / _ring.Count);
        _sums.BeginAnew();
        for (var i = 0; i < _ring.Count; i++)
        {
            _sums.Again(_ring[i][0], _ring[i][1]);
        }

        for (var i = 0; i < _products.Length; i++)
        {
            var (lag, sum) = (_least + i, 0.0);
            for (var second = Math.Abs(lag); second < _ring.Count; second++)
            {
                sum += Product(lag, second - Math.Abs(lag), second);
            }

            _products[i] = sum;
        }
    }

    private void Emit(ResultRows rows)
    {
        Correlate();
        var best = new LagBest();
        for (var i = 0; i < _correlations.Length; i++)
        {
            best.Add(_least + i, _correlations[i]);
        }

        _outputs.Write(rows, best);
        rows.Emit();
    }

    // Goes from lag 0 outwards, so that the sums of what has no partner at a lag grow by one event each.
    private void Correlate()
    {
        _correlations.AsSpan().Fill(double.NaN);
        var (count, scale) = (_ring.Count, _sums.Scale());
        var (meanX, meanY) = _sums.Means();
        (meanX, meanY) = (meanX - _shiftX, meanY - _shiftY);
        var farthest = Math.Max(Math.Abs(_least), Math.Abs(_least + _products.Length - 1));
        var (firstX, firstY, lastX, lastY) = (0.0, 0.0, 0.0, 0.0);
        for (var k = 0; k <= Math.Min(farthest, count - 2) && scale > 0; k++)
        {
            Set(k, lastX, firstY);
            Set(-k, firstX, lastY);
            (firstX, firstY) = (firstX + _ring[k][0] - _shiftX, firstY + _ring[k][1] - _shiftY);
            (lastX, lastY) = (lastX + _ring[count - 1 - k][0] - _shiftX, lastY + _ring[count - 1 - k][1] - _shiftY);
        }

        void Set(int lag, double withoutX, double withoutY)
        {
            var place = lag - _least;
            if (place >= 0 && place < _products.Length)
            {
                var (sumX, sumY) = ((count * meanX) - withoutX, (count * meanY) - withoutY);
                var pairs = count - Math.Abs(lag);
                _correlations[place] =
                    (_products[place] - (meanX * sumY) - (meanY * sumX) + (pairs * meanX * meanY)) / scale;
            }
        }
    }
}
