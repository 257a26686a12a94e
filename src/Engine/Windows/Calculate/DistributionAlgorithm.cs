using Lockstep.Contracts.Events;
using Lockstep.Engine.Numerics;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>
/// DistributionFitting: the most likely parameters of each window. A window is gone through as a whole, for its power sums depend on
/// the shape that is searched; the frames say how often.
/// </summary>
internal sealed class DistributionAlgorithm : CalculateAlgorithm
{
    private readonly InputPlace _input;
    private readonly OutputPlaces? _beta;
    private readonly OutputPlaces? _alpha;
    private readonly OutputPlaces? _mu;
    private readonly OutputPlaces? _converge;
    private readonly FrameSamples _frame;
    private readonly double[] _values;
    private readonly string _distribution;
    private readonly int _stepsMax;

    public DistributionAlgorithm(AlgorithmSetup setup)
    {
        (_input, _beta, _alpha) = (setup.Input("x"), setup.Output("betaOut"), setup.Output("alphaOut"));
        (_mu, _converge) = (setup.Output("muOut"), setup.Output("convergeOut"));
        (_distribution, _stepsMax) = (setup.Text("distribution"), setup.Count("maxIter"));
        var length = setup.Count("windowLength");
        if (length < 2)
        {
            throw new AlgorithmException($"windowLength is {length}; it must be at least 2.");
        }

        _frame = new FrameSamples(setup, length);
        _values = new double[length];
    }

    public override void Observe(EventBlock block, int row, ResultRows rows)
    {
        var value = _input.Number(block, row);
        if (!double.IsFinite(value))
        {
            return;
        }

        Note(value);
        if (!_frame.Push(value))
        {
            return;
        }

        _frame.CopyTo(_values);
        var fit = Fit();
        rows.Set(_beta, fit.Shape);
        rows.Set(_alpha, fit.Scale);
        rows.Set(_mu, fit.Location);
        rows.Set(_converge, fit.IsFound ? 1.0 : 0.0);
        rows.Emit();
    }

    protected override ulong DigestOfResults() => _frame.Digest();

    protected override void Write(SnapshotWriter writer) => _frame.WriteState(writer);

    protected override void Read(SnapshotReader reader) => _frame.ReadState(reader);

    private DistributionFit Fit()
    {
        if (_distribution.Equals("Normal", StringComparison.OrdinalIgnoreCase))
        {
            return DistributionFit.Normal(_values);
        }

        var (least, most) = (_values[0], _values[0]);
        foreach (var value in _values)
        {
            (least, most) = (Math.Min(least, value), Math.Max(most, value));
        }

        var location = least > 0 ? 0 : least - ((most - least) / _values.Length);
        foreach (ref var value in _values.AsSpan())
        {
            value -= location;
        }

        var fit = least == most ? default
            : _distribution.Equals("Gamma", StringComparison.OrdinalIgnoreCase) ? DistributionFit.Gamma(_values, _stepsMax)
            : DistributionFit.Weibull(_values, most - location, _stepsMax);
        return fit.IsFound ? fit with { Location = location } : new DistributionFit(double.NaN, double.NaN, double.NaN, false);
    }
}
