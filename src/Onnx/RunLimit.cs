using System.Diagnostics;
using Lockstep.Engine.Models;
using Microsoft.ML.OnnxRuntime;

namespace Lockstep.Onnx;

/// <summary>
/// Ends runs that take too long. One run at a time; the timer is one for all of them, so that its start costs little beside a run.
/// </summary>
#pragma warning disable CA1001 // As of the session, finalizers give back what timer and options hold: nobody says when a run is no longer used.
internal sealed class RunLimit
#pragma warning restore CA1001
{
    private readonly TimeSpan _limit;
    private readonly Timer _timer;
    private readonly Lock _lock = new();
    private long? _startedAt;
    private bool _isLate;

    public RunLimit(TimeSpan limit)
    {
        _limit = limit;
        _timer = new Timer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The options of each run.</summary>
    public RunOptions Options { get; } = new();

    public void Start()
    {
        lock (_lock)
        {
            _startedAt = Stopwatch.GetTimestamp();
        }

        _timer.Change(_limit, Timeout.InfiniteTimeSpan);
    }

    /// <exception cref="ModelTimeException">The run was ended, or just not.</exception>
    public void Stop()
    {
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (_lock)
        {
            _startedAt = null;
            if (_isLate)
            {
                throw new ModelTimeException(
                    $"A model did not score an event within {_limit.TotalSeconds:0.###} s and was ended; the member ends too, "
                    + "since others may have the score.");
            }
        }
    }

    private void Look()
    {
        lock (_lock)
        {
            // The timer may be that of a run before.
            if (_startedAt is { } start && Stopwatch.GetElapsedTime(start) >= _limit)
            {
                _isLate = true;
                Options.Terminate = true;
            }
        }
    }
}
