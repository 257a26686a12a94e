using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Windows;

/// <summary>What a window may know of the step it runs in. One an engine, reused from step to step.</summary>
internal sealed class StepScope
{
    private IWindowOutput? _output;

    /// <summary>The step's time.</summary>
    public StepTime Time { get; private set; }

    /// <summary>
    /// Stream time of the first step ever: what the timers of jumping retentions count from; null before it.
    /// </summary>
    public long? StartedAt { get; set; }

    /// <summary>Now.</summary>
    public long Now => Time.StreamTime;

    /// <summary>Bad events since the project began.</summary>
    public long BadEvents { get; set; }

    /// <summary>The window that runs.</summary>
    public WindowId Current { get; set; }

    /// <summary>Begins a step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Stream time goes back.</exception>
    public void Begin(StepTime time)
    {
        if (StartedAt is not null && time.StreamTime < Now)
        {
            throw new ArgumentOutOfRangeException(
                nameof(time), time, $"Stream time goes back: the last step ran at {Now}.");
        }

        StartedAt ??= time.StreamTime;
        Time = time;
    }

    /// <summary>Sets the time of the last step, from a snapshot.</summary>
    public void Restore(StepTime time, long? startedAt, long badEvents)
    {
        Time = time;
        StartedAt = startedAt;
        BadEvents = badEvents;
    }

    /// <summary>Sets who is told of bad events of this evaluation.</summary>
    public void Attach(IWindowOutput output) => _output = output;

    /// <summary>Counts and reports a bad event of the current window.</summary>
    public void ReportBadEvent(string message)
    {
        BadEvents++;
        _output?.OnBadEvent(Current, message);
    }
}
