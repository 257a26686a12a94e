using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>
/// FitStat: how well predictions fit what was observed, over a sliding window. Of an event only its error terms are kept; their
/// sums run, so an event costs the number of classes.
/// </summary>
internal sealed class FitAlgorithm : CalculateAlgorithm
{
    private const double LeastProbability = 1e-15;
    private const int Terms = 4;
    private readonly InputPlace[] _inputs;
    private readonly InputPlace _response;
    private readonly OutputPlaces? _nOut;
    private readonly OutputPlaces? _nmissOut;
    private readonly OutputPlaces? _aseOut;
    private readonly OutputPlaces? _divOut;
    private readonly OutputPlaces? _raseOut;
    private readonly OutputPlaces? _mceOut;
    private readonly OutputPlaces? _mcllOut;
    private readonly OutputPlaces? _maeOut;
    private readonly OutputPlaces? _rmaeOut;
    private readonly OutputPlaces? _msleOut;
    private readonly OutputPlaces? _rmsleOut;
    private readonly ResponseClasses? _classes;
    private readonly ValueRing? _ring;
    private readonly CompensatedSum[] _sums = new CompensatedSum[Terms];
    private long _count;
    private long _missing;
    private long _undefined;

    public FitAlgorithm(AlgorithmSetup setup, bool responseIsText)
    {
        _inputs = setup.Inputs["inputs"];
        _response = setup.Input("response");
        _nOut = setup.Output("nOut");
        _nmissOut = setup.Output("nmissOut");
        _aseOut = setup.Output("aseOut");
        _divOut = setup.Output("divOut");
        _raseOut = setup.Output("raseOut");
        _mceOut = setup.Output("mceOut");
        _mcllOut = setup.Output("mcllOut");
        _maeOut = setup.Output("maeOut");
        _rmaeOut = setup.Output("rmaeOut");
        _msleOut = setup.Output("msleOut");
        _rmsleOut = setup.Output("rmsleOut");
        if (responseIsText && _inputs.Length == 1)
        {
            throw new AlgorithmException("A response of text needs an input for each class; the input-map has one.");
        }

        _classes = _inputs.Length > 1 ? new ResponseClasses(setup.InputNames["inputs"], setup.Count("labelLen")) : null;
        var length = setup.Count("windowLength");
        AlgorithmSetup.CheckSize(Terms, length);
        _ring = length > 0 ? new ValueRing(Terms, length) : null;
    }

    public override void Observe(EventBlock block, int row, ResultRows rows)
    {
        Span<double> terms = [double.NaN, double.NaN, double.NaN, double.NaN];
        if (_classes is null)
        {
            RegressionTerms(_inputs[0].Number(block, row), _response.Number(block, row), terms);
        }
        else
        {
            ClassTerms(block, row, terms);
        }

        foreach (var term in terms)
        {
            Note(term);
        }

        if (_ring is { IsFull: true })
        {
            Add(_ring[0], -1);
        }

        Add(terms, 1);
        if (_ring is not null && _ring.Push(terms))
        {
            SumAnew();
        }

        SetResults(rows);
        rows.Emit();
    }

    protected override ulong DigestOfResults()
    {
        var hash = StateHash.Combine((ulong)_count, (ulong)_missing);
        foreach (var sum in _sums)
        {
            hash = StateHash.Combine(hash, sum.Digest());
        }

        return hash;
    }

    protected override void Write(SnapshotWriter writer)
    {
        writer.Write(_count);
        writer.Write(_missing);
        writer.Write(_undefined);
        foreach (var sum in _sums)
        {
            sum.WriteState(writer);
        }

        _classes?.WriteState(writer);
        _ring?.WriteState(writer);
    }

    protected override void Read(SnapshotReader reader)
    {
        _count = reader.ReadInt64();
        _missing = reader.ReadInt64();
        _undefined = reader.ReadInt64();
        for (var i = 0; i < Terms; i++)
        {
            _sums[i].ReadState(reader);
        }

        _classes?.ReadState(reader);
        _ring?.ReadState(reader);
    }

    // Square, size, and square of the difference of logarithms, which has no value when a value is -1 or less.
    private static void RegressionTerms(double predicted, double observed, Span<double> terms)
    {
        if (double.IsFinite(predicted) && double.IsFinite(observed))
        {
            var error = predicted - observed;
            var logs = predicted > -1 && observed > -1 ? Math.Log(1 + predicted) - Math.Log(1 + observed) : double.NaN;
            (terms[0], terms[1], terms[2]) = (error * error, Math.Abs(error), logs * logs);
        }
    }

    // Square and size summed over the classes, log loss, and 1 when the most probable class is not the observed one.
    private void ClassTerms(EventBlock block, int row, Span<double> terms)
    {
        var observed = _classes!.Find(_response.Text(block, row));
        var (square, size, best, largest, right) = (0.0, 0.0, -1, double.NegativeInfinity, 0.0);
        for (var i = 0; i < _inputs.Length; i++)
        {
            var probability = _inputs[i].Number(block, row);
            if (observed < 0 || !double.IsFinite(probability))
            {
                return;
            }

            var error = probability - (i == observed ? 1 : 0);
            (square, size) = (square + (error * error), size + Math.Abs(error));
            right = i == observed ? probability : right;
            (best, largest) = probability > largest ? (i, probability) : (best, largest);
        }

        (terms[0], terms[1], terms[2]) = (square, size, -Math.Log(Math.Max(right, LeastProbability)));
        terms[3] = best == observed ? 0 : 1;
    }

    private void Add(ReadOnlySpan<double> terms, int sign)
    {
        if (double.IsNaN(terms[0]))
        {
            _missing += sign;
            return;
        }

        _count += sign;
        _undefined += double.IsNaN(terms[2]) ? sign : 0;
        for (var i = 0; i < Terms; i++)
        {
            if (!double.IsNaN(terms[i]))
            {
                _sums[i].Add(sign * terms[i]);
            }
        }
    }

    private void SetResults(ResultRows rows)
    {
        var isFit = _classes is null;
        var divisor = (double)_count * (isFit ? 1 : _inputs.Length);
        var square = Mean(0, divisor);
        var size = Mean(1, divisor);
        var third = _undefined > 0 ? double.NaN : Mean(2, _count);
        var logs = isFit ? third : double.NaN;
        rows.Set(_nOut, _count);
        rows.Set(_nmissOut, _missing);
        rows.Set(_aseOut, square);
        rows.Set(_divOut, _count > 0 ? divisor : double.NaN);
        rows.Set(_raseOut, Math.Sqrt(square));
        rows.Set(_mceOut, isFit ? double.NaN : Mean(3, _count));
        rows.Set(_mcllOut, isFit ? double.NaN : third);
        rows.Set(_maeOut, size);
        rows.Set(_rmaeOut, Math.Sqrt(size));
        rows.Set(_msleOut, logs);
        rows.Set(_rmsleOut, Math.Sqrt(logs));
    }

    private double Mean(int term, double divisor) => divisor > 0 ? Math.Max(0, _sums[term].Value) / divisor : double.NaN;

    private void SumAnew()
    {
        (_count, _missing, _undefined) = (0, 0, 0);
        for (var i = 0; i < Terms; i++)
        {
            _sums[i].Clear();
        }

        for (var i = 0; i < _ring!.Count; i++)
        {
            Add(_ring[i], 1);
        }
    }
}
