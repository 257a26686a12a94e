namespace Lockstep.Engine.Windows.Calculate;

/// <summary>The correlations that stand out of those of all lags; of equal ones that of the smallest lag.</summary>
internal struct LagBest
{
    public LagBest()
    {
    }

    public int Count { get; private set; }

    public (double Value, double Lag) Farthest { get; private set; } = (double.NaN, double.NaN);

    public (double Value, double Lag) Largest { get; private set; } = (double.NaN, double.NaN);

    public (double Value, double Lag) Smallest { get; private set; } = (double.NaN, double.NaN);

    public void Add(int lag, double value)
    {
        if (double.IsNaN(value))
        {
            return;
        }

        Count++;
        Farthest = Math.Abs(value) <= Math.Abs(Farthest.Value) ? Farthest : (value, lag);
        Largest = value <= Largest.Value ? Largest : (value, lag);
        Smallest = value >= Smallest.Value ? Smallest : (value, lag);
    }
}

/// <summary>The columns of a row of LagMonitor.</summary>
internal sealed class LagOutputs(AlgorithmSetup setup)
{
    private readonly OutputPlaces? _farthest = setup.Output("absCCFOut");
    private readonly OutputPlaces? _farthestLag = setup.Output("absLagOut");
    private readonly OutputPlaces? _largest = setup.Output("maxCCFOut");
    private readonly OutputPlaces? _largestLag = setup.Output("maxLagOut");
    private readonly OutputPlaces? _smallest = setup.Output("minCCFOut");
    private readonly OutputPlaces? _smallestLag = setup.Output("minLagOut");
    private readonly OutputPlaces? _count = setup.Output("numComputedLagsOut");

    public void Write(ResultRows rows, LagBest best)
    {
        rows.Set(_farthest, best.Farthest.Value);
        rows.Set(_farthestLag, best.Farthest.Lag);
        rows.Set(_largest, best.Largest.Value);
        rows.Set(_largestLag, best.Largest.Lag);
        rows.Set(_smallest, best.Smallest.Value);
        rows.Set(_smallestLag, best.Smallest.Lag);
        rows.Set(_count, best.Count);
    }
}
