using Lockstep.Contracts.Events;
using Lockstep.Engine.Numerics;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>Cepstrum, real or complex, of each frame.</summary>
internal sealed class CepstrumAlgorithm : CalculateAlgorithm
{
    // What stands for the logarithm of zero: that of the smallest number with full precision.
    private const double Least = 2.2250738585072014E-308;
    private readonly InputPlace _input;
    private readonly OutputPlaces? _list;
    private readonly FrameSamples _frame;
    private readonly double[] _weights;
    private readonly Fft _transform;
    private readonly double[] _real;
    private readonly double[] _imaginary;
    private readonly bool _isComplex;

    public CepstrumAlgorithm(AlgorithmSetup setup)
    {
        (_input, _list, _isComplex) = (setup.Input("input"), setup.Output("cepstrumListOut"), setup.Flag("complexCepstrum"));
        var length = setup.Count("windowLength");
        _frame = new FrameSamples(setup, length);
        _weights = FourierAlgorithm.Taper(setup, length);
        _transform = new Fft(length);
        (_real, _imaginary) = (new double[length], new double[length]);
    }

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
        for (var i = 0; i < _weights.Length; i++)
        {
            _real[i] *= _weights[i];
        }

        _transform.Forward(_real, _imaginary);
        TakeLogarithms();
        _transform.Inverse(_real, _imaginary);
        rows.SetAll(_list, _real);
        rows.Emit();
    }

    protected override ulong DigestOfResults() => _frame.Digest();

    protected override void Write(SnapshotWriter writer) => _frame.WriteState(writer);

    protected override void Read(SnapshotReader reader) => _frame.ReadState(reader);

    private void TakeLogarithms()
    {
        for (var i = 0; i < _real.Length; i++)
        {
            var (re, im) = (_real[i], _imaginary[i]);
            _real[i] = Math.Log(Math.Max(Math.Sqrt((re * re) + (im * im)), Least));
            _imaginary[i] = _isComplex ? Math.Atan2(im, re) : 0;
        }

        if (_isComplex)
        {
            Unwrap();
        }
    }

    // Takes out jumps of a turn between neighbours, then the line that leads to a multiple of pi at the middle.
    private void Unwrap()
    {
        var turns = 0.0;
        for (var i = 1; i < _imaginary.Length; i++)
        {
            var step = _imaginary[i] + turns - _imaginary[i - 1];
            turns -= 2 * Math.PI * Math.Round(step / (2 * Math.PI));
            _imaginary[i] += turns;
        }

        var middle = (_imaginary.Length + 1) / 2;
        var slope = middle < _imaginary.Length ? Math.PI * Math.Round(_imaginary[middle] / Math.PI) / middle : 0;
        for (var i = 0; i < _imaginary.Length; i++)
        {
            _imaginary[i] -= slope * i;
        }
    }
}
