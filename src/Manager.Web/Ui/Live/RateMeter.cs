namespace Lockstep.Manager.Web.Ui.Live;

/// <summary>Events a second, over the last full second or so. Added to by one thread, read by another.</summary>
public sealed class RateMeter
{
    private long _count;
    private long _seenCount;
    private long _seenAt = long.MinValue;
    private double _rate;

    /// <summary>So many more.</summary>
    public void Add(long events) => Interlocked.Add(ref _count, events);

    /// <summary>The rate; changes about once a second.</summary>
    /// <param name="timestamp">Now, from <see cref="TimeProvider.GetTimestamp"/>.</param>
    /// <param name="frequency">Ticks of that clock a second.</param>
    public double PerSecond(long timestamp, long frequency)
    {
        var count = Interlocked.Read(ref _count);
        if (_seenAt == long.MinValue)
        {
            (_seenAt, _seenCount) = (timestamp, count);
            return 0;
        }

        if (timestamp - _seenAt >= frequency)
        {
            _rate = (count - _seenCount) * (double)frequency / (timestamp - _seenAt);
            (_seenAt, _seenCount) = (timestamp, count);
        }

        return _rate;
    }
}
