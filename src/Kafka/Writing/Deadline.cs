using System.Diagnostics;

namespace Lockstep.Kafka.Writing;

/// <summary>When something has to be over, by the clock that never goes back.</summary>
internal readonly struct Deadline(TimeSpan timeout)
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly TimeSpan _timeout = timeout;

    /// <summary>Time left; negative when over.</summary>
    public TimeSpan Left => _timeout - Stopwatch.GetElapsedTime(_started);

    public bool IsOver => Left <= TimeSpan.Zero;

    /// <summary>Milliseconds left for one step that may take some time itself: at least 1.</summary>
    public int StepMs(TimeSpan most) => (int)Math.Clamp(Left.TotalMilliseconds, 1, most.TotalMilliseconds);
}
