using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;

namespace Lockstep.Engine.Retention;

/// <summary>
/// By count: beyond the limit the row unchanged longest goes (sliding), or all but the newest (jumping).
/// </summary>
internal sealed class CountRetention(long limit, bool jumping) : RetentionRule
{
    /// <inheritdoc/>
    public override long? RowsMax => jumping || limit < 1 ? null : limit;

    /// <inheritdoc/>
    public override void AfterEvent(RowStore rows, EventBlock output)
    {
        if (rows.Count <= limit)
        {
            return;
        }

        var keep = jumping ? 1 : limit;
        while (rows.Count > keep)
        {
            Evict(rows, rows.Oldest, output);
        }
    }
}
