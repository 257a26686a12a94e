using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Models;

/// <summary>A model as a train window has it and a score window keeps it; immutable.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Width">Numbers of an event.</param>
/// <param name="Numbers">
/// Of clusters the centres one after the other, of embeddings the landmarks; of linear models the weights, then the intercept.
/// </param>
/// <param name="Labels">Of clusters the label of each centre, of embeddings the place of each landmark; else empty.</param>
internal sealed record TrainedModel(long Id, int Width, double[] Numbers, double[] Labels) : IModel
{
    /// <summary>The nearest centre's label and its distance; NaN for a model without centres.</summary>
    public (double Label, double Distance) Nearest(ReadOnlySpan<double> values)
    {
        var (label, best) = (double.NaN, double.PositiveInfinity);
        for (var i = 0; i < Labels.Length; i++)
        {
            var squares = Vectors.SquaredDistance(values, Numbers.AsSpan(i * Width, Width));
            if (squares < best)
            {
                (label, best) = (Labels[i], squares);
            }
        }

        return (label, double.IsNaN(label) ? double.NaN : Math.Sqrt(best));
    }

    /// <summary>
    /// The mean of the places of the nearest landmarks, by one over their squared distances; one that is met is the place itself.
    /// </summary>
    public double[] Embed(ReadOnlySpan<double> values)
    {
        const int NeighboursMax = 5;
        var count = Numbers.Length / Width;
        var distances = new double[count];
        for (var i = 0; i < count; i++)
        {
            distances[i] = Vectors.SquaredDistance(values, Numbers.AsSpan(i * Width, Width));
        }

        var dimensions = Labels.Length / count;
        var (place, total) = (new double[dimensions], 0.0);
        for (var taken = 0; taken < Math.Min(count, NeighboursMax); taken++)
        {
            var nearest = Array.IndexOf(distances, distances.Min());
            var at = Labels.AsSpan(nearest * dimensions, dimensions);
            if (distances[nearest] == 0)
            {
                return at.ToArray();
            }

            var weight = 1 / distances[nearest];
            total += weight;
            for (var d = 0; d < dimensions; d++)
            {
                place[d] += weight * at[d];
            }

            distances[nearest] = double.PositiveInfinity;
        }

        foreach (ref var coordinate in place.AsSpan())
        {
            coordinate /= total;
        }

        return place;
    }

    /// <summary>Weights times values, and the intercept.</summary>
    public double Predict(ReadOnlySpan<double> values) => Vectors.Dot(values, Numbers.AsSpan(0, Width)) + Numbers[Width];

    public ulong Digest()
    {
        var hash = StateHash.Combine((ulong)Id, (ulong)Labels.Length);
        foreach (var number in Numbers)
        {
            hash = StateHash.Combine(hash, BitConverter.DoubleToUInt64Bits(number));
        }

        foreach (var label in Labels)
        {
            hash = StateHash.Combine(hash, BitConverter.DoubleToUInt64Bits(label));
        }

        return hash;
    }

    public void WriteState(SnapshotWriter writer)
    {
        writer.Write(Id);
        NumberLists.WriteNumbers(writer, Numbers);
        NumberLists.WriteNumbers(writer, Labels);
    }

    /// <exception cref="SnapshotFormatException">The numbers do not fit the width.</exception>
    public static TrainedModel Read(SnapshotReader reader, int width)
    {
        var id = reader.ReadInt64();
        double[] numbers = [.. NumberLists.ReadNumbers(reader, reader.ReadCount())];
        double[] labels = [.. NumberLists.ReadNumbers(reader, reader.ReadCount())];
        return (numbers.Length % width == 0 && IsPlaced(numbers.Length / width, labels.Length)) || (labels.Length == 0 && numbers.Length == width + 1)
            ? new TrainedModel(id, width, numbers, labels)
            : throw new SnapshotFormatException("The snapshot is damaged: a model has another number of variables.");
    }

    private static bool IsPlaced(int centers, int labels) => centers == 0 ? labels == 0 : labels > 0 && labels % centers == 0;
}
