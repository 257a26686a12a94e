namespace Lockstep.Engine.Worker;

/// <summary>
/// The system's clock, wrong by a fixed amount: what a machine has whose time was never set. Timers and timestamps are not
/// touched, as those of a real machine aren't. For drills and fault tests (<c>--clock-offset-s</c>).
/// </summary>
internal sealed class OffsetClock(TimeSpan offset) : TimeProvider
{
    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + offset;
}
