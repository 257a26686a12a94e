using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>
/// ChangeDetection: the newest values, fading, against the first since the last change, as histograms over the same bins. An event
/// costs a bin; an evaluation, at most every maxEvalSteps, all of them.
/// </summary>
internal sealed class ChangeAlgorithm : CalculateAlgorithm
{
    private const double UnitMax = 1e100;
    private readonly InputPlace _input;
    private readonly OutputPlaces? _evaluated;
    private readonly OutputPlaces? _value;
    private readonly OutputPlaces? _detected;
    private readonly double _share;
    private readonly double _threshold;
    private readonly int _referenceSize;
    private readonly int _stepsMax;
    private readonly bool _isAdaptive;
    private readonly bool _showsEvaluations;
    private readonly bool _showsAll;
    private readonly double[] _reference;
    private readonly double[] _sliding;
    private List<double> _firsts = [];
    private double _least;
    private double _width;
    private double _unit = 1;
    private long _wait;

    public ChangeAlgorithm(AlgorithmSetup setup)
    {
        _input = setup.Input("input");
        (_evaluated, _value, _detected) = (setup.Output("evaluatedOut"), setup.Output("changeValueOut"), setup.Output("changeDetectedOut"));
        _share = Fading.ShareOf(setup, "slidingAlpha", "slidingHalfLifeSteps");
        _threshold = setup.Real("changeThreshold");
        (_referenceSize, _stepsMax) = (setup.Count("refWindowSize"), setup.Count("maxEvalSteps"));
        (_isAdaptive, _showsEvaluations, _showsAll) = (setup.Flag("adaptiveEval"), setup.Flag("showEval"), setup.Flag("showAll"));
        var bins = setup.Count(setup.Has("nBins") ? "nBins" : "maxBins");
        (_reference, _sliding) = (new double[bins], new double[bins]);
    }

    public override void Observe(EventBlock block, int row, ResultRows rows)
    {
        var value = _input.Number(block, row);
        Note(value);
        var change = double.NaN;
        var isChange = false;
        if (double.IsFinite(value) && Take(value))
        {
            change = Divergence();
            isChange = change > _threshold;
            _wait = NextWait(change);
            if (isChange)
            {
                _firsts.Clear();
            }
        }

        var isEvaluated = !double.IsNaN(change);
        if (isChange || _showsAll || (isEvaluated && _showsEvaluations))
        {
            rows.Set(_evaluated, isEvaluated ? 1.0 : 0.0);
            rows.Set(_value, change);
            rows.Set(_detected, isChange ? 1.0 : 0.0);
            rows.Emit();
        }
    }

    protected override ulong DigestOfResults() => StateHash.Combine((ulong)_wait, BitConverter.DoubleToUInt64Bits(_unit));

    protected override void Write(SnapshotWriter writer)
    {
        foreach (var number in (ReadOnlySpan<double>)[_least, _width, _unit])
        {
            writer.Write(number);
        }

        writer.Write(_wait);
        NumberLists.WriteNumbers(writer, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_firsts));
        NumberLists.WriteNumbers(writer, _reference);
        NumberLists.WriteNumbers(writer, _sliding);
    }

    protected override void Read(SnapshotReader reader)
    {
        (_least, _width, _unit) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        _wait = reader.ReadInt64();
        _firsts = NumberLists.ReadNumbers(reader, reader.ReadCount());
        NumberLists.ReadNumbers(reader, _reference);
        NumberLists.ReadNumbers(reader, _sliding);
    }

    // True when an evaluation is due.
    private bool Take(double value)
    {
        if (_firsts.Count < _referenceSize)
        {
            _firsts.Add(value);
            if (_firsts.Count == _referenceSize)
            {
                BeginComparison();
            }

            return false;
        }

        _unit /= _share;
        if (_unit > UnitMax)
        {
            foreach (ref var weight in _sliding.AsSpan())
            {
                weight /= _unit;
            }

            _unit = 1;
        }

        _sliding[BinOf(value)] += _unit;
        return --_wait <= 0;
    }

    private void BeginComparison()
    {
        (_least, var most) = (_firsts[0], _firsts[0]);
        foreach (var value in _firsts)
        {
            (_least, most) = (Math.Min(_least, value), Math.Max(most, value));
        }

        _width = (most - _least) / _reference.Length;
        _reference.AsSpan().Clear();
        _sliding.AsSpan().Clear();
        foreach (var value in _firsts)
        {
            _reference[BinOf(value)]++;
        }

        (_unit, _wait) = (1, _stepsMax);
    }

    private int BinOf(double value)
    {
        if (_width > 0)
        {
            return (int)Math.Clamp((value - _least) / _width, 0, _reference.Length - 1);
        }

        // A reference of one value: below it, it, and above it.
        return value < _least ? 0 : value > _least ? _reference.Length - 1 : _reference.Length / 2;
    }

    // The difference of both directions; half an event in each bin keeps the logarithms finite.
    private double Divergence()
    {
        var weight = 0.0;
        foreach (var bin in _sliding)
        {
            weight += bin / _unit;
        }

        var (there, back, bins) = (0.0, 0.0, _reference.Length);
        for (var i = 0; i < bins; i++)
        {
            var p = (_reference[i] + 0.5) / (_referenceSize + (0.5 * bins));
            var q = ((_sliding[i] / _unit) + 0.5) / (weight + (0.5 * bins));
            there += p * Math.Log(p / q);
            back += q * Math.Log(q / p);
        }

        return Math.Abs(there - back);
    }

    private long NextWait(double change) => !_isAdaptive ? _stepsMax
        : Math.Max(1, (long)Math.Round(_stepsMax * (1 - Math.Min(1, change / Math.Max(_threshold, double.Epsilon)))));
}
