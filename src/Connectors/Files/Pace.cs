namespace Lockstep.Connectors.Files;

/// <summary>Keeps a publisher to so many events a second, by the time since it began: a slow moment is caught up. Not thread-safe.</summary>
/// <param name="rate">Events a second; 0 for no limit.</param>
/// <param name="time">For the waits.</param>
internal sealed class Pace(int rate, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private long _events;

    /// <summary>Waits until more events may be published; for a thread of its own.</summary>
    /// <param name="events">Events just published.</param>
    /// <param name="stop">Ends the wait, with an <see cref="OperationCanceledException"/>.</param>
    public void Wait(int events, CancellationToken stop)
    {
        _events += events;
        var wait = rate == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)_events / rate) - time.GetElapsedTime(_start);
        if (wait <= TimeSpan.Zero)
        {
            return;
        }

        // Not disposed: a timer that is due at this moment may still set it, and without a handle there is nothing to dispose of.
        var due = new ManualResetEventSlim();
        using var timer = time.CreateTimer(_ => due.Set(), null, wait, Timeout.InfiniteTimeSpan);
        due.Wait(stop);
    }
}
