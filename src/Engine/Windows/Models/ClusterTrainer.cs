using System.Runtime.InteropServices;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Models;

/// <summary>KMEANS: centres that follow the stream; work by the number of centres an event.</summary>
internal sealed class ClusterTrainer : ModelTrainer
{
    private const int RoundsMax = 100;
    private readonly int _width;
    private readonly int _init;
    private readonly ulong _seed;
    private readonly double _damping;
    private readonly double _fadeOut;
    private readonly double _disturb;
    private readonly double[] _centers;
    private readonly double[] _weights;
    private List<double> _first = [];
    private bool _isStarted;

    public ClusterTrainer(AlgorithmSetup setup, int width)
    {
        _width = width;
        _init = setup.Count("nInit");
        _seed = (ulong)setup.Whole("initSeed");
        (_damping, _fadeOut, _disturb) = (setup.Real("dampingFactor"), setup.Real("fadeOutFactor"), setup.Real("disturbFactor"));
        var clusters = setup.Count("nClusters");
        if (_init < clusters)
        {
            throw new AlgorithmException($"nInit is {_init}; it must be at least nClusters, which is {clusters}.");
        }

        AlgorithmSetup.CheckSize(width, Math.Max(_init, clusters));
        (_centers, _weights) = (new double[clusters * width], new double[clusters]);
    }

    public override void Learn(ReadOnlySpan<double> values, double target)
    {
        if (_isStarted)
        {
            var at = Nearest(values);
            _weights[at]++;
            Move(at, values, 1 / _weights[at]);
            return;
        }

        _first.AddRange(values);
        if (_first.Count == _init * _width)
        {
            Start();
            _first = [];
            _isStarted = true;
        }
    }

    public override void EndStep()
    {
        if (!_isStarted)
        {
            return;
        }

        var heaviest = 0;
        for (var i = 0; i < _weights.Length; i++)
        {
            _weights[i] *= _damping;
            heaviest = _weights[i] > _weights[heaviest] ? i : heaviest;
        }

        for (var i = 0; i < _weights.Length; i++)
        {
            if (i != heaviest && _weights[i] < _fadeOut * _weights[heaviest])
            {
                Split(heaviest, i);
            }
        }
    }

    public override TrainedModel Make(long id) =>
        new(id, _width, [.. _centers], [.. Enumerable.Range(0, _weights.Length).Select(i => (double)i)]);

    public override ulong Digest() => StateHash.Combine(
        BitConverter.DoubleToUInt64Bits(_centers[0]), StateHash.Combine(BitConverter.DoubleToUInt64Bits(_weights[0]), (ulong)_first.Count));

    public override void WriteState(SnapshotWriter writer)
    {
        writer.Write(_isStarted);
        NumberLists.WriteNumbers(writer, CollectionsMarshal.AsSpan(_first));
        NumberLists.WriteNumbers(writer, _centers);
        NumberLists.WriteNumbers(writer, _weights);
    }

    public override void ReadState(SnapshotReader reader)
    {
        _isStarted = reader.ReadBool();
        _first = NumberLists.ReadNumbers(reader, reader.ReadCount());
        NumberLists.ReadNumbers(reader, _centers);
        NumberLists.ReadNumbers(reader, _weights);
    }

    private Span<double> Center(int at) => _centers.AsSpan(at * _width, _width);

    private ReadOnlySpan<double> First(int at) => CollectionsMarshal.AsSpan(_first).Slice(at * _width, _width);

    private void Move(int at, ReadOnlySpan<double> values, double share)
    {
        var center = Center(at);
        for (var i = 0; i < center.Length; i++)
        {
            center[i] += share * (values[i] - center[i]);
        }
    }

    private int Nearest(ReadOnlySpan<double> values)
    {
        var (at, best) = (0, double.PositiveInfinity);
        for (var i = 0; i < _weights.Length; i++)
        {
            var squares = Vectors.SquaredDistance(values, Center(i));
            (at, best) = squares < best ? (i, squares) : (at, best);
        }

        return at;
    }

    private void Split(int heaviest, int freed)
    {
        var from = Center(heaviest);
        var to = Center(freed);
        for (var i = 0; i < from.Length; i++)
        {
            var step = _disturb * Math.Abs(from[i]);
            (from[i], to[i]) = (from[i] + step, from[i] - step);
        }

        _weights[heaviest] /= 2;
        _weights[freed] = _weights[heaviest];
    }

    // k-means++ (Arthur and Vassilvitskii 2007) by numbers that follow from the seed, then Lloyd's rounds.
    private void Start()
    {
        var distances = new double[_init];
        for (var chosen = 0; chosen < _weights.Length; chosen++)
        {
            var total = 0.0;
            for (var i = 0; i < _init; i++)
            {
                var squares = chosen == 0 ? 1 : Vectors.SquaredDistance(First(i), Center(chosen - 1));
                distances[i] = chosen <= 1 ? squares : Math.Min(distances[i], squares);
                total += distances[i];
            }

            var pick = (StateHash.Mix(_seed + ((ulong)chosen * StateHash.Null)) >> 11) * (1.0 / (1UL << 53)) * total;
            var at = 0;
            while (at + 1 < _init && (pick -= distances[at]) >= 0)
            {
                at++;
            }

            First(at).CopyTo(Center(chosen));
        }

        var (owners, rounds) = (new int[_init], 0);
        Array.Fill(owners, -1);
        while (rounds++ < RoundsMax && Assign(owners))
        {
            _centers.AsSpan().Clear();
            _weights.AsSpan().Clear();
            for (var i = 0; i < _init; i++)
            {
                _weights[owners[i]]++;
                Move(owners[i], First(i), 1 / _weights[owners[i]]);
            }
        }

        Number();
    }

    // Centres are numbered in the order in which the first events belong to them, whatever the seed chose.
    private void Number()
    {
        var order = Enumerable.Range(0, _init).Select(i => Nearest(First(i))).Concat(Enumerable.Range(0, _weights.Length)).Distinct().ToArray();
        var (centers, weights) = ((double[])_centers.Clone(), (double[])_weights.Clone());
        for (var i = 0; i < order.Length; i++)
        {
            centers.AsSpan(order[i] * _width, _width).CopyTo(Center(i));
            _weights[i] = weights[order[i]];
        }
    }

    // False when nothing changes, or a centre would be left without events.
    private bool Assign(int[] owners)
    {
        var changed = false;
        var counts = new int[_weights.Length];
        var next = new int[owners.Length];
        for (var i = 0; i < owners.Length; i++)
        {
            next[i] = Nearest(First(i));
            counts[next[i]]++;
            changed |= next[i] != owners[i];
        }

        if (!changed || counts.Contains(0))
        {
            return false;
        }

        next.CopyTo(owners, 0);
        return true;
    }
}
