namespace Lockstep.Engine.Numerics;

/// <summary>The most likely parameters of a distribution for some values.</summary>
/// <param name="Shape">Shape.</param>
/// <param name="Scale">Scale.</param>
/// <param name="Location">Location.</param>
/// <param name="IsFound">The search came to an end.</param>
internal readonly record struct DistributionFit(double Shape, double Scale, double Location, bool IsFound)
{
    private const double Precision = 1e-10;

    /// <summary>Mean and standard deviation (divided by n, the most likely one).</summary>
    public static DistributionFit Normal(ReadOnlySpan<double> values)
    {
        var (mean, squares) = (0.0, 0.0);
        foreach (var value in values)
        {
            mean += value / values.Length;
        }

        foreach (var value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        return new DistributionFit(double.NaN, Math.Sqrt(squares / values.Length), mean, true);
    }

    /// <summary>Weibull with location 0: Newton's steps for the shape, which has one solution; the scale follows.</summary>
    /// <param name="values">Values above 0, not all equal.</param>
    /// <param name="largest">The largest of them.</param>
    /// <param name="stepsMax">Steps at most.</param>
    public static DistributionFit Weibull(ReadOnlySpan<double> values, double largest, int stepsMax)
    {
        var meanLog = 0.0;
        foreach (var value in values)
        {
            meanLog += Math.Log(value / largest) / values.Length;
        }

        var shape = -1.2 / meanLog;
        for (var step = 0; step < stepsMax; step++)
        {
            var (power, first, second) = (0.0, 0.0, 0.0);
            foreach (var value in values)
            {
                var log = Math.Log(value / largest);
                var term = Math.Exp(shape * log);
                (power, first, second) = (power + term, first + (term * log), second + (term * log * log));
            }

            var ratio = first / power;
            var slope = (second / power) - (ratio * ratio) + (1 / (shape * shape));
            var next = shape - ((ratio - (1 / shape) - meanLog) / slope);
            next = next > 0 ? next : shape / 2;
            if (Math.Abs(next - shape) <= Precision * shape)
            {
                return new DistributionFit(next, largest * Math.Pow(power / values.Length, 1 / next), 0, double.IsFinite(next));
            }

            shape = next;
        }

        return default;
    }

    /// <summary>Gamma with location 0: Newton's steps for the shape; the scale is mean by shape.</summary>
    /// <param name="values">Values above 0, not all equal.</param>
    /// <param name="stepsMax">Steps at most.</param>
    public static DistributionFit Gamma(ReadOnlySpan<double> values, int stepsMax)
    {
        var (mean, meanLog) = (0.0, 0.0);
        foreach (var value in values)
        {
            (mean, meanLog) = (mean + (value / values.Length), meanLog + (Math.Log(value) / values.Length));
        }

        var gap = Math.Log(mean) - meanLog;
        var shape = (3 - gap + Math.Sqrt(((gap - 3) * (gap - 3)) + (24 * gap))) / (12 * gap);
        for (var step = 0; step < stepsMax; step++)
        {
            var next = shape - ((Math.Log(shape) - GammaFunctions.Digamma(shape) - gap) / ((1 / shape) - GammaFunctions.Trigamma(shape)));
            next = next > 0 ? next : shape / 2;
            if (Math.Abs(next - shape) <= Precision * shape)
            {
                return new DistributionFit(next, mean / next, 0, double.IsFinite(next));
            }

            shape = next;
        }

        return default;
    }
}
