using System.Runtime.InteropServices;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Models;

/// <summary>
/// TSNE: keeps a sample of all events (Vitter's reservoir, 1985) and places it in few dimensions when a model is made. Chance follows
/// from the seed and the number of the event, so that members of a group and restored ones find the same places.
/// </summary>
internal sealed class EmbeddingTrainer : ModelTrainer
{
    private const double WorkMax = 1e10;
    private readonly int _width;
    private readonly int _dimensions;
    private readonly int _landmarks;
    private readonly ulong _seed;
    private readonly EmbeddingSearch _search;
    private List<double> _sample = [];
    private List<double> _places = [];
    private long _count;
    private bool _isPlaced;

    public EmbeddingTrainer(AlgorithmSetup setup, int width)
    {
        _width = width;
        (_dimensions, _landmarks, _seed) = (setup.Count("nDims"), setup.Count("nLandmarks"), (ulong)setup.Whole("initSeed"));
        var steps = setup.Count("maxIters");
        AlgorithmSetup.CheckSize(width, _landmarks);
        if ((double)_landmarks * _landmarks * steps > WorkMax)
        {
            throw new AlgorithmException(
                $"nLandmarks is {_landmarks} and maxIters {steps}: a model would take too long. Landmarks squared times steps may be {WorkMax:N0}.");
        }

        _search = new EmbeddingSearch(_dimensions, setup.Real("perplexity"), setup.Real("learnRate"), steps);
    }

    public override void Learn(ReadOnlySpan<double> values, double target)
    {
        if (_count < _landmarks)
        {
            _sample.AddRange(values);
            for (var d = 0; d < _dimensions; d++)
            {
                _places.Add(1e-2 * (Chance(_count, d) - 0.5));
            }
        }
        else if ((long)(Chance(_count, _dimensions) * (_count + 1)) is var at && at < _landmarks)
        {
            // A new landmark begins where its nearest one is.
            var nearest = Nearest(values);
            values.CopyTo(Of(_sample, (int)at, _width));
            Of(_places, nearest, _dimensions).CopyTo(Of(_places, (int)at, _dimensions));
            for (var d = 0; d < _dimensions; d++)
            {
                Of(_places, (int)at, _dimensions)[d] += 1e-3 * (Chance(_count, d) - 0.5);
            }
        }

        _count++;
    }

    public override TrainedModel Make(long id)
    {
        _search.Run(CollectionsMarshal.AsSpan(_sample), _width, CollectionsMarshal.AsSpan(_places), isFirst: !_isPlaced);
        _isPlaced = true;
        return new TrainedModel(id, _width, [.. _sample], [.. _places]);
    }

    public override ulong Digest() => StateHash.Combine((ulong)_count, _places.Count == 0 ? 0 : BitConverter.DoubleToUInt64Bits(_places[^1]));

    public override void WriteState(SnapshotWriter writer)
    {
        writer.Write(_count);
        writer.Write(_isPlaced);
        NumberLists.WriteNumbers(writer, CollectionsMarshal.AsSpan(_sample));
        NumberLists.WriteNumbers(writer, CollectionsMarshal.AsSpan(_places));
    }

    public override void ReadState(SnapshotReader reader)
    {
        _count = reader.ReadInt64();
        _isPlaced = reader.ReadBool();
        _sample = NumberLists.ReadNumbers(reader, reader.ReadCount());
        _places = NumberLists.ReadNumbers(reader, reader.ReadCount());
        var kept = Math.Min(_count, _landmarks);
        if (_sample.Count != kept * _width || _places.Count != kept * _dimensions)
        {
            throw new SnapshotFormatException("The snapshot is damaged: the sample of an embedding has another size.");
        }
    }

    private static Span<double> Of(List<double> numbers, int at, int width) => CollectionsMarshal.AsSpan(numbers).Slice(at * width, width);

    // A number from 0 to below 1.
    private double Chance(long at, int which) =>
        (StateHash.Combine(StateHash.Combine(_seed, (ulong)at), (ulong)which) >> 11) * (1.0 / (1UL << 53));

    private int Nearest(ReadOnlySpan<double> values)
    {
        var (nearest, best) = (0, double.PositiveInfinity);
        for (var i = 0; i < _landmarks; i++)
        {
            var squares = Vectors.SquaredDistance(values, Of(_sample, i, _width));
            (nearest, best) = squares < best ? (i, squares) : (nearest, best);
        }

        return nearest;
    }
}
