namespace Lockstep.Engine.Windows.Models;

/// <summary>Sums over vectors, element by element in their order, so that all machines round alike.</summary>
internal static class Vectors
{
    public static double SquaredDistance(ReadOnlySpan<double> one, ReadOnlySpan<double> other)
    {
        var sum = 0.0;
        for (var i = 0; i < one.Length; i++)
        {
            var distance = one[i] - other[i];
            sum += distance * distance;
        }

        return sum;
    }

    public static double Dot(ReadOnlySpan<double> one, ReadOnlySpan<double> other)
    {
        var sum = 0.0;
        for (var i = 0; i < one.Length; i++)
        {
            sum += one[i] * other[i];
        }

        return sum;
    }
}
