namespace Lockstep.Connectors;

/// <summary>How long the last commits took. One thread adds; the median is computed at each <see cref="Every"/>th.</summary>
internal sealed class CommitTimes
{
    /// <summary>Commits looked back at.</summary>
    public const int Kept = 100;

    private const int Every = 10;

    private readonly double[] _last = new double[Kept];
    private long _count;

    /// <summary>Their median in milliseconds.</summary>
    public double MedianMs { get; private set; }

    /// <summary>Adds one.</summary>
    public void Add(TimeSpan took)
    {
        _last[_count++ % Kept] = took.TotalMilliseconds;
        if (_count < Every || _count % Every == 0)
        {
            var sorted = _last.AsSpan(0, (int)Math.Min(_count, Kept)).ToArray();
            Array.Sort(sorted);
            MedianMs = Math.Round(sorted[sorted.Length / 2], 2);
        }
    }
}
