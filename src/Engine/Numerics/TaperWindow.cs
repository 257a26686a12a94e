namespace Lockstep.Engine.Numerics;

/// <summary>
/// Weights of a frame's samples, symmetric: the first is the last (n from 0 to N-1, divided by N-1). Harris 1978 has their properties.
/// </summary>
internal static class TaperWindow
{
    /// <summary>The weights; null for a number that is none of the types.</summary>
    /// <param name="type">As models number them: 1 Bartlett to 16 flat top.</param>
    /// <param name="length">How many.</param>
    /// <param name="parameter">What some types take; below 0 for the usual value.</param>
    public static double[]? Create(int type, int length, double parameter)
    {
        if (length == 1)
        {
            return Shape(type, parameter) is null && type != 3 && type != 6 ? null : [1];
        }

        if (type == 3)
        {
            return Chebyshev(length, parameter < 0 ? 100 : parameter);
        }

        if (type == 6)
        {
            return Parzen(length);
        }

        return Shape(type, parameter) is { } shape
            ? [.. Enumerable.Range(0, length).Select(n => shape((double)Math.Min(n, length - 1 - n) / (length - 1)))]
            : null;
    }

    // By place in the frame, 0 to 1.
    private static Func<double, double>? Shape(int type, double parameter) => type switch
    {
        1 => t => 1 - Math.Abs((2 * t) - 1),
        2 => t => Bohman(Math.Abs((2 * t) - 1)),
        4 => t => Gaussian((2 * t) - 1, parameter < 0 ? 2.5 : parameter),
        5 => t => Kaiser((2 * t) - 1, parameter < 0 ? 0.5 : parameter),
        7 => _ => 1,
        10 => t => Tukey(t, parameter < 0 ? 0.5 : Math.Min(parameter, 1)),
        11 => t => 0.62 - (0.48 * Math.Abs(t - 0.5)) + (0.38 * Math.Cos(2 * Math.PI * (t - 0.5))),
        12 => t => Cosines(t, 0.35875, 0.48829, 0.14128, 0.01168),
        13 => t => Cosines(t, 0.42, 0.5, 0.08),
        14 => t => Cosines(t, 0.54, 0.46),
        15 => t => Cosines(t, 0.5, 0.5),
        16 => t => Cosines(t, 0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
        _ => null,
    };

    private static double Cosines(double t, params ReadOnlySpan<double> terms)
    {
        var sum = 0.0;
        for (var i = 0; i < terms.Length; i++)
        {
            sum += (i % 2 == 0 ? terms[i] : -terms[i]) * Math.Cos(2 * Math.PI * i * t);
        }

        return sum;
    }

    private static double Bohman(double x) => ((1 - x) * Math.Cos(Math.PI * x)) + (Math.Sin(Math.PI * x) / Math.PI);

    private static double Gaussian(double x, double alpha) => Math.Exp(-0.5 * alpha * x * alpha * x);

    private static double Kaiser(double x, double beta) => BesselI0(beta * Math.Sqrt(Math.Max(0, 1 - (x * x)))) / BesselI0(beta);

    private static double Tukey(double t, double tapered)
    {
        var edge = Math.Min(t, 1 - t);
        return tapered == 0 || edge >= tapered / 2 ? 1 : 0.5 * (1 - Math.Cos(2 * Math.PI * edge / tapered));
    }

    private static double BesselI0(double x)
    {
        var (sum, term) = (1.0, 1.0);
        for (var k = 1; term > sum * 1e-17; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }

    private static double[] Parzen(int length)
    {
        var weights = new double[length];
        for (var n = 0; n < length; n++)
        {
            var place = Math.Abs(n - ((length - 1) / 2.0));
            var x = place / (length / 2.0);
            weights[n] = place <= (length - 1) / 4.0 ? 1 - (6 * x * x) + (6 * x * x * x) : 2 * (1 - x) * (1 - x) * (1 - x);
        }

        return weights;
    }

    // Dolph-Chebyshev: its spectrum is a Chebyshev polynomial, so the weights are that one's transform.
    private static double[] Chebyshev(int length, double attenuation)
    {
        var order = length - 1;
        var beta = Math.Cosh(Math.Acosh(Math.Pow(10, attenuation / 20)) / order);
        var (real, imaginary) = (new double[length], new double[length]);
        for (var k = 0; k < length; k++)
        {
            var value = Polynomial(order, beta * Math.Cos(Math.PI * k / length));
            var turn = length % 2 == 0 ? Math.PI * k / length : 0;
            (real[k], imaginary[k]) = (value * Math.Cos(turn), value * Math.Sin(turn));
        }

        new Fft(length).Forward(real, imaginary);
        var weights = new double[length];
        for (var n = 0; n < length; n++)
        {
            // The transform has the middle first; an even length has two weights in the middle, which its second place holds.
            var place = length % 2 == 1 ? Math.Abs(n - (length / 2)) : n < length / 2 ? (length / 2) - n : n - (length / 2) + 1;
            weights[n] = real[place];
        }

        var largest = weights.Max();
        return [.. weights.Select(w => w / largest)];
    }

    private static double Polynomial(int order, double x)
    {
        var value = Math.Abs(x) <= 1 ? Math.Cos(order * Math.Acos(x)) : Math.Cosh(order * Math.Acosh(Math.Abs(x)));
        return x < -1 && order % 2 == 1 ? -value : value;
    }
}
