namespace Lockstep.Engine.Windows.Models;

/// <summary>
/// Exact t-SNE (van der Maaten and Hinton 2008): moves places until they are near each other where points are, by steps with momentum
/// and a gain a coordinate.
/// </summary>
internal sealed class EmbeddingSearch(int dimensions, double perplexity, double rate, int steps)
{
    private const double Exaggeration = 12;
    private const double StepMax = 5;
    private const double Least = 1e-12;

    /// <summary>Moves the places.</summary>
    /// <param name="points">The points one after the other.</param>
    /// <param name="width">Numbers of a point.</param>
    /// <param name="places">Where the search begins and, afterwards, what it found.</param>
    /// <param name="isFirst">The places are arbitrary: groups are pulled together at first.</param>
    public void Run(ReadOnlySpan<double> points, int width, Span<double> places, bool isFirst)
    {
        var count = points.Length / width;
        if (count < 2)
        {
            return;
        }

        var near = Affinities(points, width, count);
        var (kernel, moves, gains, pulls) = (new double[count * count], new double[places.Length], new double[places.Length], new double[places.Length]);
        Array.Fill(gains, 1);
        for (var step = 0; step < steps; step++)
        {
            Pull(near, places, count, kernel, pulls, isFirst && step < steps / 4 ? Exaggeration : 1);
            var momentum = step < steps / 4 ? 0.5 : 0.8;
            for (var i = 0; i < places.Length; i++)
            {
                gains[i] = Math.Max(0.01, pulls[i] > 0 == moves[i] > 0 ? gains[i] * 0.8 : gains[i] + 0.2);
                moves[i] = Math.Clamp((momentum * moves[i]) - (rate * gains[i] * pulls[i]), -StepMax, StepMax);
                places[i] += moves[i];
            }

            Center(places, count);
        }
    }

    // The gradient: what is near pulls, everything pushes.
    private void Pull(double[] near, ReadOnlySpan<double> places, int count, double[] kernel, double[] pulls, double factor)
    {
        var total = 0.0;
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var squares = Vectors.SquaredDistance(places.Slice(i * dimensions, dimensions), places.Slice(j * dimensions, dimensions));
                kernel[(i * count) + j] = 1 / (1 + squares);
                total += 2 * kernel[(i * count) + j];
            }
        }

        Array.Clear(pulls);
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var pair = kernel[(i * count) + j];
                var force = 4 * ((factor * near[(i * count) + j]) - Math.Max(pair / total, Least)) * pair;
                for (var d = 0; d < dimensions; d++)
                {
                    var part = force * (places[(i * dimensions) + d] - places[(j * dimensions) + d]);
                    pulls[(i * dimensions) + d] += part;
                    pulls[(j * dimensions) + d] -= part;
                }
            }
        }
    }

    private void Center(Span<double> places, int count)
    {
        for (var d = 0; d < dimensions; d++)
        {
            var sum = 0.0;
            for (var i = 0; i < count; i++)
            {
                sum += places[(i * dimensions) + d];
            }

            for (var i = 0; i < count; i++)
            {
                places[(i * dimensions) + d] -= sum / count;
            }
        }
    }

    // How near each pair is, both ways together; all pairs make 1.
    private double[] Affinities(ReadOnlySpan<double> points, int width, int count)
    {
        var wanted = Math.Log(Math.Max(1, Math.Min(perplexity, (count - 1) / 3.0)));
        var (near, row) = (new double[count * count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < count; j++)
            {
                row[j] = Vectors.SquaredDistance(points.Slice(i * width, width), points.Slice(j * width, width));
            }

            Spread(row, i, wanted);
            for (var j = 0; j < count; j++)
            {
                near[(i * count) + j] += row[j] / (2 * count);
                near[(j * count) + i] += row[j] / (2 * count);
            }
        }

        return near;
    }

    // Makes shares of squared distances by the bell curve whose entropy is wanted, found by halving.
    private static void Spread(double[] row, int self, double wanted)
    {
        var (low, high, sharpness) = (0.0, double.PositiveInfinity, 1.0);
        var least = double.PositiveInfinity;
        for (var j = 0; j < row.Length; j++)
        {
            least = j == self ? least : Math.Min(least, row[j]);
        }

        var shares = new double[row.Length];
        for (var round = 0; round < 100; round++)
        {
            var (sum, weighted) = (0.0, 0.0);
            for (var j = 0; j < row.Length; j++)
            {
                shares[j] = j == self ? 0 : Math.Exp(-(row[j] - least) * sharpness);
                sum += shares[j];
                weighted += shares[j] == 0 ? 0 : shares[j] * (row[j] - least);
            }

            for (var j = 0; j < row.Length; j++)
            {
                shares[j] /= sum;
            }

            var entropy = Math.Log(sum) + (sharpness * weighted / sum);
            if (Math.Abs(entropy - wanted) < 1e-6 || sharpness is > 1e200 or < 1e-200)
            {
                break;
            }

            (low, high) = entropy > wanted ? (sharpness, high) : (low, sharpness);
            sharpness = double.IsInfinity(high) ? sharpness * 2 : (low + high) / 2;
        }

        shares.CopyTo(row, 0);
    }
}
