using Lockstep.Contracts.Events;
using Lockstep.Engine.Numerics;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>STFT: power and angle of each bin of a tapered frame, filled up with zeros.</summary>
internal sealed class FourierAlgorithm : CalculateAlgorithm
{
    private readonly InputPlace _input;
    private readonly OutputPlaces? _bin;
    private readonly OutputPlaces? _power;
    private readonly OutputPlaces? _phase;
    private readonly OutputPlaces? _key;
    private readonly OutputPlaces? _powerList;
    private readonly OutputPlaces? _phaseList;
    private readonly FrameSamples _frame;
    private readonly double[] _weights;
    private readonly Fft _transform;
    private readonly double[] _real;
    private readonly double[] _imaginary;
    private readonly int _bins;
    private long _made;

    public FourierAlgorithm(AlgorithmSetup setup)
    {
        _input = setup.Input("input");
        (_bin, _power, _phase) = (setup.Output("binOut"), setup.Output("powerOut"), setup.Output("phaseOut"));
        (_key, _powerList, _phaseList) = (setup.Output("keyOut"), setup.Output("powerListOut"), setup.Output("phaseListOut"));
        var length = setup.Count("windowLength");
        var size = setup.Count("fftLength") is > 0 and var asked ? asked : length;
        _bins = setup.Count("binsInSchema") is > 0 and var wanted ? wanted : size;
        if (size < length || _bins > size)
        {
            throw new AlgorithmException(
                $"fftLength is {size}; it must be at least windowLength ({length}) and at least binsInSchema ({_bins}).");
        }

        _frame = new FrameSamples(setup, length);
        _weights = Taper(setup, length);
        _transform = new Fft(size);
        (_real, _imaginary) = (new double[size], new double[size]);
    }

    /// <summary>The weights that windowType names.</summary>
    /// <exception cref="AlgorithmException">It names none.</exception>
    public static double[] Taper(AlgorithmSetup setup, int length) =>
        TaperWindow.Create(setup.Count("windowType"), length, setup.Real("windowParam")) ?? throw new AlgorithmException(
            $"Parameter windowType is {setup.Text("windowType")}; there are 1 to 7 and 10 to 16.");

    public override void Observe(EventBlock block, int row, ResultRows rows)
    {
        var sample = _input.Number(block, row);
        if (!double.IsFinite(sample))
        {
            return;
        }

        Note(sample);
        if (!_frame.Push(sample))
        {
            return;
        }

        _imaginary.AsSpan().Clear();
        _frame.CopyTo(_real);
        _real.AsSpan(_weights.Length).Clear();
        for (var i = 0; i < _weights.Length; i++)
        {
            _real[i] *= _weights[i];
        }

        _transform.Forward(_real, _imaginary);
        for (var i = 0; i < _bins; i++)
        {
            var (re, im) = (_real[i], _imaginary[i]);
            (_real[i], _imaginary[i]) = ((re * re) + (im * im), Math.Atan2(im, re));
        }

        Emit(rows);
    }

    protected override ulong DigestOfResults() => StateHash.Combine(_frame.Digest(), (ulong)_made);

    protected override void Write(SnapshotWriter writer)
    {
        writer.Write(_made);
        _frame.WriteState(writer);
    }

    protected override void Read(SnapshotReader reader)
    {
        _made = reader.ReadInt64();
        _frame.ReadState(reader);
    }

    private void Emit(ResultRows rows)
    {
        if (_powerList is not null || _phaseList is not null)
        {
            rows.Set(_key, _made++);
            rows.SetAll(_powerList, _real.AsSpan(0, _bins));
            rows.SetAll(_phaseList, _imaginary.AsSpan(0, _bins));
            rows.Emit();
            return;
        }

        for (var i = 0; i < _bins; i++)
        {
            rows.Set(_bin, i);
            rows.Set(_key, _made++);
            rows.Set(_power, _real[i]);
            rows.Set(_phase, _imaginary[i]);
            rows.Emit();
        }
    }
}
