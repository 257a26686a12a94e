using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.Windows;

namespace Lockstep.Engine.Retention;

/// <summary>
/// By stream time. Sliding: a row goes when its last change is the limit or more ago. Jumping: at each multiple of the limit,
/// counted from the project's first step, everything that changed before it goes. With a step, sliding happens at multiples of the
/// step only, counted likewise.
/// </summary>
internal sealed class TimeRetention(long limitMicroseconds, bool jumping, long stepMicroseconds) : RetentionRule
{
    /// <inheritdoc/>
    public override long? RowsMax => long.MaxValue;

    /// <inheritdoc/>
    public override void Tick(RowStore rows, EventBlock output, StepScope step)
    {
        while (rows.Oldest >= 0 && rows.ChangedAt(rows.Oldest) is var changedAt && ExpiresAt(changedAt, step) <= step.Now)
        {
            // Those that changed before then went before; so these are the rows of one time.
            rows.RemoveOldest(changedAt, output, EventFlags.Retention);
        }
    }

    /// <inheritdoc/>
    public override long? NextExpiry(RowStore rows, StepScope step) =>
        rows.Oldest < 0 ? null : ExpiresAt(rows.ChangedAt(rows.Oldest), step);

    private long ExpiresAt(long changedAt, StepScope step)
    {
        var start = step.StartedAt ?? changedAt;
        if (!jumping)
        {
            var due = changedAt + limitMicroseconds;
            var steps = (due - start + stepMicroseconds - 1) / stepMicroseconds;
            return start + (steps * stepMicroseconds);
        }

        return start + (((changedAt - start) / limitMicroseconds) + 1) * limitMicroseconds;
    }
}
