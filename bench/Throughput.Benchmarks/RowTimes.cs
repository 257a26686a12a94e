using System.Diagnostics;
using System.Text.Json;
using Lockstep.Contracts.Events;
using Lockstep.Engine.Execution;

namespace Lockstep.Throughput.Benchmarks;

/// <summary>
/// When each block of the last window was applied (standby) or known to be committed (active): the block's last counter and
/// the machine's monotonic time, which all processes share.
/// </summary>
internal sealed class RowTimes : IWindowOutput
{
    private const int CounterColumn = 1;
    private readonly List<RowTime> _times = [];
    private long _lastTicks;

    public void OnBlock(WindowId window, EventBlock block)
    {
        var now = Stopwatch.GetTimestamp();
        lock (_times)
        {
            var last = block.ColumnOf<long>(CounterColumn)[block.Count - 1];
            // One entry a millisecond at most; the newest counter of that millisecond.
            if (_times.Count > 0 && now - _lastTicks < Stopwatch.Frequency / 1000)
            {
                _times[^1] = new RowTime(last, now);
                return;
            }

            _lastTicks = now;
            _times.Add(new RowTime(last, now));
        }
    }

    public void OnBadEvent(WindowId window, string message) => throw new InvalidOperationException(message);

    public string ToJson()
    {
        lock (_times)
        {
            return JsonSerializer.Serialize(_times);
        }
    }
}

/// <summary>A counter and when it came out.</summary>
internal sealed record RowTime(long Counter, long Ticks);
