using System.Diagnostics;
using Lockstep.Contracts.Failover;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Failover.Benchmarks;

/// <summary>
/// Reads an outbound topic as any consumer would (read_committed) and keeps when each record arrived, so that the silence
/// after a kill is what a user sees, not what the group says of itself.
/// </summary>
internal sealed class SilenceMeter : IDisposable
{
    private readonly List<TimeSpan> _arrivals = [];
    private readonly SortedDictionary<long, (TimeSpan First, TimeSpan Last)> _epochs = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public SilenceMeter(KafkaBusOptions bus, string topic)
    {
        _thread = new Thread(() => Read(bus, topic)) { IsBackground = true, Name = "silence meter" };
        _thread.Start();
    }

    public TimeSpan Now => _clock.Elapsed;

    public int Count
    {
        get
        {
            lock (_arrivals)
            {
                return _arrivals.Count;
            }
        }
    }

    /// <summary>The epoch of the newest record; 0 for none.</summary>
    public long Epoch
    {
        get
        {
            lock (_arrivals)
            {
                return _epochs.Count == 0 ? 0 : _epochs.Keys.Max();
            }
        }
    }

    /// <summary>When the last record of an epoch arrived, and the first of a later one; null while there is none.</summary>
    public (TimeSpan Last, TimeSpan First)? Change(long epoch)
    {
        lock (_arrivals)
        {
            foreach (var (later, arrived) in _epochs)
            {
                if (later > epoch)
                {
                    return (_epochs[epoch].Last, arrived.First);
                }
            }

            return null;
        }
    }

    /// <summary>The longest time without a record that touches the span, in milliseconds.</summary>
    public double LongestMs(TimeSpan from, TimeSpan to)
    {
        lock (_arrivals)
        {
            var longest = TimeSpan.Zero;
            for (var i = 1; i < _arrivals.Count; i++)
            {
                if (_arrivals[i] >= from && _arrivals[i - 1] <= to)
                {
                    longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, (_arrivals[i] - _arrivals[i - 1]).Ticks));
                }
            }

            return longest.TotalMilliseconds;
        }
    }

    /// <summary>When, in ms after an instant, the records around the longest silence arrived.</summary>
    public string Describe(TimeSpan at)
    {
        lock (_arrivals)
        {
            var gap = Enumerable.Range(1, Math.Max(_arrivals.Count - 1, 0))
                .Where(i => _arrivals[i] >= at)
                .MaxBy(i => _arrivals[i] - _arrivals[i - 1]);
            return gap == 0
                ? "no record since"
                : $"from {(_arrivals[gap - 1] - at).TotalMilliseconds:F0} to {(_arrivals[gap] - at).TotalMilliseconds:F0} ms after it";
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _stop.Dispose();
    }

    private void Read(KafkaBusOptions bus, string topic)
    {
        using var reader = new PartitionReader(
            bus, ReadIsolation.Committed, [new PartitionStart(topic, PartitionStart.Earliest)], NullLogger.Instance);
        while (!_stop.IsCancellationRequested)
        {
            if (reader.Poll(TimeSpan.FromMilliseconds(100)) is { } record)
            {
                var now = _clock.Elapsed;
                var epoch = record.Header(OutboundStamp.HeaderName) is { } stamp ? OutboundStampCodec.Decode(stamp).Epoch.Value : 0;
                lock (_arrivals)
                {
                    _arrivals.Add(now);
                    _epochs[epoch] = _epochs.TryGetValue(epoch, out var seen) ? (seen.First, now) : (now, now);
                }
            }
        }
    }
}
