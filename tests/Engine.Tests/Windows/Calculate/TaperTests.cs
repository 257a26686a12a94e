using Lockstep.Engine.Numerics;

namespace Lockstep.Engine.Tests.Windows.Calculate;

/// <summary>Tapers, eigenvalues and fits by values known from elsewhere or by what defines them.</summary>
public sealed class TaperTests
{
    [Theory]
    [InlineData(1, 0.0, 0.5, 1.0)]
    [InlineData(2, 0.0, 0.3183098861837907, 1.0)]
    [InlineData(4, 0.04393693362340742, 0.4578333617716143, 1.0)]
    [InlineData(7, 1.0, 1.0, 1.0)]
    [InlineData(10, 0.0, 1.0, 1.0)]
    [InlineData(11, 0.0, 0.5, 1.0)]
    [InlineData(12, 0.00006, 0.21747, 1.0)]
    [InlineData(13, 0.0, 0.34, 1.0)]
    [InlineData(14, 0.08, 0.54, 1.0)]
    [InlineData(15, 0.0, 0.5, 1.0)]
    [InlineData(16, -0.000421051, -0.0547368400, 1.0)]
    public void Five_weights(int type, double first, double second, double middle)
    {
        var weights = TaperWindow.Create(type, 5, -1)!;

        Assert.Equal(first, weights[0], 1e-6);
        Assert.Equal(second, weights[1], 1e-6);
        Assert.Equal(middle, weights[2], 1e-6);
        Assert.Equal(weights.Reverse(), weights.Select(w => w));
    }

    [Fact]
    public void Special_tapers_have_their_shapes()
    {
        // Kaiser by the series of the Bessel function; Parzen and Chebyshev by published tables.
        Assert.Equal(0.94030618, TaperWindow.Create(5, 5, 0.5)![0], 1e-6);
        Assert.Equal([0.016, 0.424, 1, 0.424, 0.016], TaperWindow.Create(6, 5, -1)!.Select(w => Math.Round(w, 6)));
        foreach (var length in new[] { 7, 8, 51, 64 })
        {
            var weights = TaperWindow.Create(3, length, 60)!;
            Assert.Equal(1, weights.Max(), 1e-12);
            Assert.All(Enumerable.Range(0, length), n => Assert.Equal(weights[n], weights[length - 1 - n], 1e-9));

            // All side lobes of its spectrum lie 60 dB below the main lobe.
            var spectrum = Enumerable.Range(0, 512).Select(k => Magnitude(weights, k * Math.PI / 511)).ToArray();
            var lobe = Enumerable.Range(1, 510).First(k => spectrum[k + 1] > spectrum[k]);
            Assert.Equal(-60, 20 * Math.Log10(spectrum[lobe..].Max() / spectrum[0]), 0.5);
        }
    }

    [Fact]
    public void There_are_no_types_8_and_9() => Assert.All([0, 8, 9, 17], type => Assert.Null(TaperWindow.Create(type, 5, -1)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(24)]
    public void Eigenvectors_make_the_matrix_again(int size)
    {
        var random = new Random(size);
        var half = Enumerable.Range(0, size * size).Select(_ => random.NextDouble() - 0.5).ToArray();
        var matrix = new double[size * size];
        for (var i = 0; i < size * size; i++)
        {
            matrix[i] = half[i] + half[(i % size * size) + (i / size)];
        }

        var eigen = new SymmetricEigen(size);
        eigen.Compute(matrix);
        for (var i = 0; i < size * size; i++)
        {
            var sum = Enumerable.Range(0, size).Sum(v => eigen.Values[v] * eigen.Vectors[(v * size) + (i / size)] * eigen.Vectors[(v * size) + (i % size)]);
            Assert.Equal(matrix[i], sum, 1e-12);
        }

        Assert.Equal(eigen.Values.OrderDescending(), eigen.Values);
    }

    [Fact]
    public void Fits_are_where_the_likelihood_is_largest()
    {
        double[] values = [0.4, 1.1, 1.9, 2.2, 3.7, 0.8, 1.4];
        var weibull = DistributionFit.Weibull(values, values.Max(), 50);
        double WeibullLog(double k, double scale) => values.Sum(v => Math.Log(k / scale) + ((k - 1) * Math.Log(v / scale)) - Math.Pow(v / scale, k));
        Assert.True(weibull.IsFound);
        IsTop(WeibullLog, weibull.Shape, weibull.Scale);

        var gamma = DistributionFit.Gamma(values, 50);
        double GammaLog(double k, double scale) => values.Sum(v => ((k - 1) * Math.Log(v)) - (v / scale) - (k * Math.Log(scale)) - LogGamma(k));
        Assert.True(gamma.IsFound);
        IsTop(GammaLog, gamma.Shape, gamma.Scale);
        Assert.False(DistributionFit.Gamma(values, 1).IsFound);
    }

    private static void IsTop(Func<double, double, double> likelihood, double shape, double scale) => Assert.All(
        [(1.001, 1.0), (0.999, 1.0), (1.0, 1.001), (1.0, 0.999)],
        step => Assert.True(likelihood(shape, scale) > likelihood(shape * step.Item1, scale * step.Item2), $"{shape} {scale} {step}"));

    private static double LogGamma(double x)
    {
        var shift = 0.0;
        for (; x < 20; x++)
        {
            shift -= Math.Log(x);
        }

        return shift + ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + (1 / (12 * x)) - (1 / (360 * x * x * x));
    }

    private static double Magnitude(double[] weights, double angle)
    {
        var re = weights.Select((w, n) => w * Math.Cos(angle * n)).Sum();
        var im = weights.Select((w, n) => w * Math.Sin(angle * n)).Sum();
        return Math.Sqrt((re * re) + (im * im));
    }
}
