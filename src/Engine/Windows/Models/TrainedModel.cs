using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Models;

/// <summary>A model as a train window has it and a score window keeps it; immutable.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Width">Numbers of an event.</param>
/// <param name="Numbers">Of clusters the centres one after the other; of linear models the weights, then the intercept.</param>
/// <param name="Labels">Of clusters the label of each centre; else empty.</param>
internal sealed record TrainedModel(long Id, int Width, double[] Numbers, double[] Labels)
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
        return numbers.Length == labels.Length * width || (labels.Length == 0 && numbers.Length == width + 1)
            ? new TrainedModel(id, width, numbers, labels)
            : throw new SnapshotFormatException("The snapshot is damaged: a model has another number of variables.");
    }
}
