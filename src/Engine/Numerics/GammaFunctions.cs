namespace Lockstep.Engine.Numerics;

/// <summary>Derivatives of the logarithm of the gamma function, for arguments above 0, to about 1e-13.</summary>
internal static class GammaFunctions
{
    private const double Far = 12;

    /// <summary>The first derivative.</summary>
    public static double Digamma(double x)
    {
        var sum = 0.0;
        for (; x < Far; x++)
        {
            sum -= 1 / x;
        }

        // The asymptotic series of Stirling.
        var y = 1 / (x * x);
        var series = y * ((1.0 / 12) - (y * ((1.0 / 120) - (y * ((1.0 / 252) - (y * ((1.0 / 240) - (y * (1.0 / 132)))))))));
        return sum + Math.Log(x) - (0.5 / x) - series;
    }

    /// <summary>The second derivative.</summary>
    public static double Trigamma(double x)
    {
        var sum = 0.0;
        for (; x < Far; x++)
        {
            sum += 1 / (x * x);
        }

        var y = 1 / (x * x);
        var series = (1.0 / 6) - (y * ((1.0 / 30) - (y * ((1.0 / 42) - (y * ((1.0 / 30) - (y * (5.0 / 66))))))));
        return sum + (1 / x) + (y / 2) + (y / x * series);
    }
}
