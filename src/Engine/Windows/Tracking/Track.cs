using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Tracking;

/// <summary>An object that is followed.</summary>
internal sealed class Track
{
    // Deviations of the filter of ByteTrack, as shares of the height; those of the ratio of width to height are plain.
    private const double Position = 1.0 / 20;
    private const double Velocity = 1.0 / 160;
    private readonly KalmanAxis[] _axes;
    private readonly List<(double X, double Y)> _way = [];

    public Track(long id, Detection first)
    {
        var (box, height) = (first.Box, first.Box.Height);
        (Id, Box, Score, Label, Length) = (id, box, first.Score, first.Label, 1);
        _axes =
        [
            new KalmanAxis(box.CenterX, 2 * Position * height, 10 * Velocity * height),
            new KalmanAxis(box.CenterY, 2 * Position * height, 10 * Velocity * height),
            new KalmanAxis(box.Width / height, 1e-2, 1e-5),
            new KalmanAxis(height, 2 * Position * height, 10 * Velocity * height),
        ];
        _way.Add((box.CenterX, box.CenterY));
    }

    private Track(SnapshotReader reader)
    {
        Id = reader.ReadInt64();
        Box = new Box(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        (Score, Label, Length, Missed) = (reader.ReadDouble(), reader.ReadText(), reader.ReadInt64(), reader.ReadInt64());
        _axes = [KalmanAxis.Read(reader), KalmanAxis.Read(reader), KalmanAxis.Read(reader), KalmanAxis.Read(reader)];
        var count = reader.ReadCount();
        for (var i = 0; i < count; i++)
        {
            _way.Add((reader.ReadDouble(), reader.ReadDouble()));
        }
    }

    public long Id { get; }

    /// <summary>Where it was seen last.</summary>
    public Box Box { get; private set; }

    public double Score { get; private set; }

    public string? Label { get; private set; }

    /// <summary>Frames in which it was seen.</summary>
    public long Length { get; private set; }

    /// <summary>Frames since it was seen.</summary>
    public long Missed { get; private set; }

    /// <summary>Where the filter expects it.</summary>
    public Box Expected
    {
        get
        {
            var (height, width) = (_axes[3].Value, _axes[2].Value * _axes[3].Value);
            return new Box(_axes[0].Value - (width / 2), _axes[1].Value - (height / 2), width, height);
        }
    }

    /// <summary>The mean way of a frame, over the frames that are remembered.</summary>
    public (double X, double Y) Speed => _way.Count < 2 ? (0, 0)
        : ((_way[^1].X - _way[0].X) / (_way.Count - 1), (_way[^1].Y - _way[0].Y) / (_way.Count - 1));

    /// <summary>A frame begins.</summary>
    public void Predict()
    {
        if (Missed > 0)
        {
            _axes[3].Change = 0;
        }

        var height = _axes[3].Value;
        Missed++;
        for (var i = 0; i < _axes.Length; i++)
        {
            _axes[i].Predict(i == 2 ? 1e-2 : Position * height, i == 2 ? 1e-5 : Velocity * height);
        }
    }

    /// <summary>It is seen.</summary>
    public void See(Detection seen, long remembered)
    {
        (Box, Score, Label, Missed) = (seen.Box, seen.Score, seen.Label, 0);
        Length++;
        var height = _axes[3].Value;
        double[] measured = [Box.CenterX, Box.CenterY, Box.Width / Box.Height, Box.Height];
        for (var i = 0; i < _axes.Length; i++)
        {
            _axes[i].Correct(measured[i], i == 2 ? 1e-1 : Position * height);
        }

        _way.Add((Box.CenterX, Box.CenterY));
        while (_way.Count > Math.Max(2, remembered))
        {
            _way.RemoveAt(0);
        }
    }

    public ulong Digest() => StateHash.Combine(
        StateHash.Combine((ulong)Id, (ulong)Length), StateHash.Combine((ulong)Missed, StateHash.Of(_axes[0].Value)));

    public void WriteState(SnapshotWriter writer)
    {
        writer.Write(Id);
        foreach (var number in new[] { Box.X, Box.Y, Box.Width, Box.Height, Score })
        {
            writer.Write(number);
        }

        writer.Write(Label);
        writer.Write(Length);
        writer.Write(Missed);
        foreach (var axis in _axes)
        {
            axis.WriteState(writer);
        }

        writer.Write(_way.Count);
        foreach (var (x, y) in _way)
        {
            writer.Write(x);
            writer.Write(y);
        }
    }

    public static Track Read(SnapshotReader reader) => new(reader);
}
