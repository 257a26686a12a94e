using Microsoft.Extensions.Logging;

namespace Lockstep.ZooKeeper.Session;

internal sealed partial class SessionDriver
{
    [LoggerMessage(3000, LogLevel.Information, "ZooKeeper session {SessionId} is {State} (server {Server}, time-out {TimeoutMs} ms).")]
    private static partial void LogState(ILogger logger, SessionId sessionId, SessionState state, string server, double timeoutMs);

    [LoggerMessage(3001, LogLevel.Debug, "ZooKeeper connection to {Server} closed: {Reason}.")]
    private static partial void LogClosed(ILogger logger, string server, string reason);

    [LoggerMessage(3002, LogLevel.Warning, "ZooKeeper connection to {Server} lost: {Reason}.")]
    private static partial void LogLost(ILogger logger, string server, string reason);
}
