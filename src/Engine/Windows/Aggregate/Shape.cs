namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>How values are spread: functions of all of them, in ascending order so that rounding is the same everywhere.</summary>
internal static class Shape
{
    /// <summary>Gini coefficient: half the mean difference of two values by their mean; null for none and for sum 0.</summary>
    public static double? Gini(ReadOnlySpan<double> sorted)
    {
        var (weighted, sum, n) = (0.0, 0.0, sorted.Length);
        for (var i = 0; i < n; i++)
        {
            weighted += ((2.0 * i) + 1 - n) * sorted[i];
            sum += sorted[i];
        }

        return sum == 0 ? null : weighted / (n * sum);
    }

    /// <summary>Skewness of a sample; null below three values and when all are equal.</summary>
    public static double? Skew(ReadOnlySpan<double> sorted)
    {
        double n = sorted.Length;
        var (second, third, _) = Powers(sorted);
        return n < 3 || second == 0 ? null : n / ((n - 1) * (n - 2)) * third / Math.Pow(second / (n - 1), 1.5);
    }

    /// <summary>Excess kurtosis of a sample, 0 for a normal distribution; null below four values and when all are equal.</summary>
    public static double? Kurtosis(ReadOnlySpan<double> sorted)
    {
        double n = sorted.Length;
        var (second, _, fourth) = Powers(sorted);
        if (n < 4 || second == 0)
        {
            return null;
        }

        var variance = second / (n - 1);
        return (n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * fourth / (variance * variance))
            - (3 * (n - 1) * (n - 1) / ((n - 2) * (n - 3)));
    }

    /// <summary>The sums of the powers of the distances from the mean.</summary>
    private static (double Second, double Third, double Fourth) Powers(ReadOnlySpan<double> sorted)
    {
        var sum = 0.0;
        foreach (var value in sorted)
        {
            sum += value;
        }

        // Equal values have no distance, also where rounding would give the mean one.
        var mean = sorted.IsEmpty ? 0 : sorted[0] == sorted[^1] ? sorted[0] : sum / sorted.Length;
        var (second, third, fourth) = (0.0, 0.0, 0.0);
        foreach (var value in sorted)
        {
            var distance = value - mean;
            var square = distance * distance;
            second += square;
            third += square * distance;
            fourth += square * square;
        }

        return (second, third, fourth);
    }
}
