using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Tracking;

/// <summary>
/// A Kalman filter of a number and its change a frame. The filter of ByteTrack has four such numbers that have nothing to do with each
/// other, so that its matrices of eight fall into four of two.
/// </summary>
internal sealed class KalmanAxis(double value, double deviation, double changeDeviation)
{
    private double _value = deviation * deviation;
    private double _both;
    private double _change = changeDeviation * changeDeviation;

    public double Value { get; private set; } = value;

    public double Change { get; set; }

    /// <summary>A frame passes.</summary>
    public void Predict(double deviation, double changeDeviation)
    {
        Value += Change;
        _value += (2 * _both) + _change + (deviation * deviation);
        _both += _change;
        _change += changeDeviation * changeDeviation;
    }

    /// <summary>The number was measured.</summary>
    public void Correct(double measured, double deviation)
    {
        var total = _value + (deviation * deviation);
        var (gain, changeGain, error) = (_value / total, _both / total, measured - Value);
        Value += gain * error;
        Change += changeGain * error;
        _change -= changeGain * _both;
        _both *= 1 - gain;
        _value *= 1 - gain;
    }

    public void WriteState(SnapshotWriter writer)
    {
        foreach (var number in new[] { Value, Change, _value, _both, _change })
        {
            writer.Write(number);
        }
    }

    public static KalmanAxis Read(SnapshotReader reader) => new(reader.ReadDouble(), 0, 0)
    {
        Change = reader.ReadDouble(),
        _value = reader.ReadDouble(),
        _both = reader.ReadDouble(),
        _change = reader.ReadDouble(),
    };
}
