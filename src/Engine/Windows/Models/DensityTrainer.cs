using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Models;

/// <summary>
/// DBSCAN: small clusters that fade (DenStream). Dense ones make up the model, the others wait to become dense; both are given up
/// when they have become too light.
/// </summary>
internal sealed class DensityTrainer : ModelTrainer
{
    private const int ClustersMax = 10_000;
    private readonly int _width;
    private readonly double _epsilon;
    private readonly double _mu;
    private readonly double _dense;
    private readonly double _share;
    private readonly double _reach;
    private readonly long _period;
    private readonly List<SmallCluster> _clusters = [];
    private long _step;

    public DensityTrainer(AlgorithmSetup setup, int width)
    {
        _width = width;
        (_epsilon, _mu) = (setup.Real("epsilon"), setup.Real("mu"));
        _dense = setup.Real("beta") * _mu;
        _share = Math.Pow(2, -setup.Real("lambda"));
        _reach = setup.Flag("recluster") ? setup.Real("reclusterFactor") * _epsilon : -1;
        if (_dense <= 1)
        {
            throw new AlgorithmException($"beta times mu is {_dense}; it must be above 1.");
        }

        // After so many steps a dense cluster that gets nothing is dense no longer.
        _period = Math.Max(1, (long)Math.Ceiling(Math.Log2(_dense / (_dense - 1)) / setup.Real("lambda")));
        AlgorithmSetup.CheckSize(width, ClustersMax);
    }

    public override void Learn(ReadOnlySpan<double> values, double target)
    {
        if (TryTake(values, isDense: true) || TryTake(values, isDense: false))
        {
            return;
        }

        if (_clusters.Count == ClustersMax)
        {
            _clusters.RemoveAt(Lightest());
        }

        var cluster = new SmallCluster(_width, _step);
        cluster.Add(values);
        _clusters.Add(cluster);
    }

    public override void EndStep()
    {
        _step++;
        foreach (var cluster in _clusters)
        {
            cluster.Fade(_share);
        }

        if (_step % _period == 0)
        {
            _clusters.RemoveAll(c => c.Weight < (c.IsDense ? _dense : LeastWeight(c)));
        }
    }

    public override TrainedModel Make(long id)
    {
        var dense = _clusters.Where(c => c.IsDense).ToList();
        var numbers = new double[dense.Count * _width];
        for (var i = 0; i < dense.Count; i++)
        {
            dense[i].CopyCenter(numbers.AsSpan(i * _width, _width));
        }

        return new TrainedModel(id, _width, numbers, Labels(dense, numbers));
    }

    public override ulong Digest() => StateHash.Combine(
        StateHash.Combine((ulong)_clusters.Count, (ulong)_step), _clusters.Count == 0 ? 0 : BitConverter.DoubleToUInt64Bits(_clusters[0].Weight));

    public override void WriteState(SnapshotWriter writer)
    {
        writer.Write(_step);
        writer.Write(_clusters.Count);
        foreach (var cluster in _clusters)
        {
            cluster.WriteState(writer);
        }
    }

    public override void ReadState(SnapshotReader reader)
    {
        _step = reader.ReadInt64();
        var count = reader.ReadCount();
        for (var i = 0; i < count; i++)
        {
            _clusters.Add(SmallCluster.Read(reader, _width));
        }
    }

    // What a cluster that waits must weigh by its age, to still have a chance to become dense.
    private double LeastWeight(SmallCluster cluster) =>
        (Math.Pow(_share, _step - cluster.Since + _period) - 1) / (Math.Pow(_share, _period) - 1);

    private bool TryTake(ReadOnlySpan<double> values, bool isDense)
    {
        var (nearest, best) = ((SmallCluster?)null, double.PositiveInfinity);
        foreach (var cluster in _clusters)
        {
            if (cluster.IsDense == isDense && cluster.SquaredDistance(values) is var squares && squares < best)
            {
                (nearest, best) = (cluster, squares);
            }
        }

        if (nearest is null || nearest.RadiusWith(values) > _epsilon)
        {
            return false;
        }

        nearest.Add(values);
        nearest.IsDense |= nearest.Weight > _dense;
        return true;
    }

    private int Lightest()
    {
        var at = 0;
        for (var i = 1; i < _clusters.Count; i++)
        {
            at = _clusters[i].Weight < _clusters[at].Weight ? i : at;
        }

        return at;
    }

    // Cores within reach are one cluster; others belong to the first core in reach, or are clusters of their own.
    private double[] Labels(List<SmallCluster> dense, double[] centers)
    {
        bool Reaches(int a, int b) =>
            Math.Sqrt(Vectors.SquaredDistance(centers.AsSpan(a * _width, _width), centers.AsSpan(b * _width, _width))) <= _reach;
        var all = Enumerable.Range(0, dense.Count).ToArray();
        var isCore = all.Select(i => all.Where(j => j == i || Reaches(i, j)).Sum(j => dense[j].Weight) >= _mu).ToArray();
        var labels = new double[dense.Count];
        Array.Fill(labels, -1);
        var next = 0;
        foreach (var start in all.Where(i => isCore[i]))
        {
            if (labels[start] < 0)
            {
                labels[start] = next;
                var waiting = new Queue<int>([start]);
                while (waiting.TryDequeue(out var at))
                {
                    foreach (var other in all.Where(o => labels[o] < 0 && Reaches(at, o)))
                    {
                        labels[other] = next;
                        if (isCore[other])
                        {
                            waiting.Enqueue(other);
                        }
                    }
                }

                next++;
            }
        }

        foreach (var alone in all.Where(i => labels[i] < 0))
        {
            labels[alone] = next++;
        }

        return labels;
    }
}
