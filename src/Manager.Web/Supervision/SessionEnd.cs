using System.Diagnostics;
using Lockstep.Manager.Web.Cluster;
using Lockstep.ZooKeeper;

namespace Lockstep.Manager.Web.Supervision;

/// <summary>Closes the ZooKeeper sessions of dead workers, in milliseconds.</summary>
internal sealed partial class SessionEnd(BusAddress bus, ILogger<SessionEnd> logger)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Closes a session that never was, so that the code is compiled and the names are resolved before a death must be
    /// answered in milliseconds.
    /// </summary>
    public Task WarmUpAsync(CancellationToken cancellation) => CloseAsync("", "", new SessionId(1), new byte[16], cancellation);

    /// <summary>Closes the session of a dead worker; a failure is logged, then its time-out does the same later.</summary>
    public Task CloseAsync(SupervisedWorker worker)
    {
        var password = new byte[64];
        return Convert.TryFromBase64String(worker.SessionPassword, password, out var length)
            ? CloseAsync(worker.Group, worker.Member, new SessionId(worker.SessionId), password.AsMemory(0, length), CancellationToken.None)
            : Task.CompletedTask;
    }

    private async Task CloseAsync(
        string group, string member, SessionId session, ReadOnlyMemory<byte> password, CancellationToken cancellation)
    {
        if (bus.Current is not { } address)
        {
            return;
        }

        var begun = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        try
        {
            var isClosed = await ZooKeeperClient.CloseSessionAsync(
                new ZooKeeperOptions { ConnectString = address.ZooKeeper }, session, password, limit.Token);
            if (group.Length > 0)
            {
                var ms = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
                LogClosed(logger, group, member, session, isClosed, ms);
            }
        }
        catch (Exception away) when (away is OperationCanceledException or ZooKeeperException or IOException)
        {
            LogNotClosed(logger, group, member, session, away.Message);
        }
    }

    [LoggerMessage(EventId = 6211, Level = LogLevel.Information,
        Message = "Session {Session} of {Group}/{Member} closed: {IsClosed}, in {Ms:F1} ms")]
    private static partial void LogClosed(
        ILogger logger, string group, string member, SessionId session, bool isClosed, double ms);

    [LoggerMessage(EventId = 6212, Level = LogLevel.Warning,
        Message = "Session {Session} of {Group}/{Member} could not be closed and ends by its time-out: {Reason}")]
    private static partial void LogNotClosed(ILogger logger, string group, string member, SessionId session, string reason);
}
