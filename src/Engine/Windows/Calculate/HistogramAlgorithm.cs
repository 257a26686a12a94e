using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>Histogram: bins that follow the values, and quantiles of them; work by the number of bins.</summary>
internal sealed class HistogramAlgorithm : CalculateAlgorithm
{
    private readonly InputPlace _input;
    private readonly OutputPlaces? _centers;
    private readonly OutputPlaces? _heights;
    private readonly OutputPlaces? _quantiles;
    private readonly FadingBins _bins;
    private readonly double[] _shares;
    private readonly double[] _scratch;
    private readonly long _interval;
    private long _seen;

    public HistogramAlgorithm(AlgorithmSetup setup)
    {
        (_input, _centers, _heights) = (setup.Input("input"), setup.Output("binCentersOut"), setup.Output("binHeightsOut"));
        _quantiles = setup.Output("quantilesOut");
        _shares = setup.Reals("quantileList");
        _interval = setup.Whole("reportInterval");
        var most = setup.Count("nBins");
        _bins = new FadingBins(most, Fading.ShareOf(setup, "alpha", "halfLifeSteps"));
        _scratch = new double[Math.Max(most, _shares.Length)];
    }

    public override void Observe(EventBlock block, int row, ResultRows rows)
    {
        var value = _input.Number(block, row);
        _seen++;
        Note(value);
        if (double.IsFinite(value))
        {
            _bins.Add(value);
        }

        if (_seen % _interval != 0)
        {
            return;
        }

        rows.SetAll(_centers, _bins.Centers);
        rows.SetAll(_heights, _bins.Weights(_scratch));
        for (var i = 0; i < _shares.Length; i++)
        {
            _scratch[i] = _bins.Quantile(_shares[i]);
        }

        rows.SetAll(_quantiles, _scratch.AsSpan(0, _shares.Length));
        rows.Emit();
    }

    protected override ulong DigestOfResults() => StateHash.Combine(_bins.Digest(), (ulong)_seen);

    protected override void Write(SnapshotWriter writer)
    {
        writer.Write(_seen);
        _bins.WriteState(writer);
    }

    protected override void Read(SnapshotReader reader)
    {
        _seen = reader.ReadInt64();
        _bins.ReadState(reader);
    }
}
