using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors;

/// <summary>Holds a connector's status: changed by its own threads, read by any; logs changes of state.</summary>
/// <param name="context">The connector.</param>
/// <param name="logger">Its log.</param>
internal sealed class StatusHolder(ConnectorContext context, ILogger logger)
{
    private readonly Lock _lock = new();
    private volatile ConnectorStatus _now = new();

    /// <summary>The status of now.</summary>
    public ConnectorStatus Now => _now;

    /// <summary>Replaces the status.</summary>
    /// <param name="change">Makes the new one of the old one.</param>
    public void Change(Func<ConnectorStatus, ConnectorStatus> change)
    {
        ConnectorStatus before;
        ConnectorStatus after;
        lock (_lock)
        {
            before = _now;
            after = change(before);
            _now = after;
        }

        if (before.State != after.State)
        {
            logger.LogState(context.Definition.Name, after.State switch
            {
                ConnectorState.Running => "running",
                ConnectorState.Finished => "finished",
                ConnectorState.Failed => "failed",
                _ => "stopped",
            });
        }

        if (before.State != after.State || before.Role != after.Role || before.Reason != after.Reason)
        {
            context.OnChanged();
        }
    }

    /// <summary>The connector runs.</summary>
    public void Running() => Change(s => s with { State = ConnectorState.Running, Reason = null });

    /// <summary>The connection is gone; it is tried again.</summary>
    /// <param name="reason">Why.</param>
    /// <returns>True when the status did not say so before: then it is to be logged.</returns>
    public bool Away(string reason)
    {
        var isNews = _now.Reason != reason;
        Change(s => s with { Reason = reason, IsConnected = false });
        return isNews;
    }

    /// <summary>The connector has failed.</summary>
    /// <param name="reason">Why, with the place and what to do.</param>
    public void Failed(string reason)
    {
        logger.LogFailed(context.Path, reason);
        Change(s => s with { State = ConnectorState.Failed, Reason = reason });
    }
}
