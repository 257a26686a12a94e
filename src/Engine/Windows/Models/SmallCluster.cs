using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Models;

/// <summary>A small round cluster: weight, weighted mean and weighted squares of distances from it.</summary>
internal sealed class SmallCluster(int width, long since)
{
    private readonly double[] _mean = new double[width];
    private double _squares;

    /// <summary>The step at which it began.</summary>
    public long Since { get; } = since;

    public double Weight { get; private set; }

    /// <summary>It is heavy enough to be part of the model.</summary>
    public bool IsDense { get; set; }

    public void Fade(double share)
    {
        Weight *= share;
        _squares *= share;
    }

    public double SquaredDistance(ReadOnlySpan<double> values) => Vectors.SquaredDistance(values, _mean);

    /// <summary>The radius it would have with an event more: the root of the mean squared distance.</summary>
    public double RadiusWith(ReadOnlySpan<double> values)
    {
        var grown = Weight / (Weight + 1) * SquaredDistance(values);
        return Math.Sqrt((_squares + grown) / (Weight + 1));
    }

    public void Add(ReadOnlySpan<double> values)
    {
        _squares += Weight / (Weight + 1) * SquaredDistance(values);
        Weight++;
        for (var i = 0; i < _mean.Length; i++)
        {
            _mean[i] += (values[i] - _mean[i]) / Weight;
        }
    }

    public void CopyCenter(Span<double> target) => _mean.CopyTo(target);

    public void WriteState(SnapshotWriter writer)
    {
        writer.Write(Since);
        writer.Write(Weight);
        writer.Write(IsDense);
        writer.Write(_squares);
        NumberLists.WriteNumbers(writer, _mean);
    }

    public static SmallCluster Read(SnapshotReader reader, int width)
    {
        var cluster = new SmallCluster(width, reader.ReadInt64())
        {
            Weight = reader.ReadDouble(),
            IsDense = reader.ReadBool(),
            _squares = reader.ReadDouble(),
        };
        NumberLists.ReadNumbers(reader, cluster._mean);
        return cluster;
    }
}
