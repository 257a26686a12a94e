namespace Lockstep.Engine.Windows.Calculate;

/// <summary>How weights fade from value to value.</summary>
internal static class Fading
{
    /// <summary>The share that is left at each step: by half-life when that is above 0, else as given.</summary>
    public static double ShareOf(AlgorithmSetup setup, string share, string halfLife) =>
        setup.Real(halfLife) is > 0 and var steps ? Math.Pow(2, -1 / steps) : setup.Real(share);
}
