using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

internal sealed partial class ZooKeeperGroupMembership
{
    [LoggerMessage(EventId = 5102, Level = LogLevel.Information,
        Message = "dfESPkafkaConnector::z_watcher(): Created zookeeper node {Path}")]
    private static partial void LogCreated(ILogger logger, string path);

    [LoggerMessage(EventId = 5103, Level = LogLevel.Information,
        Message = "dfESPkafkaConnector::watchActiveZnode(): Watching zookeeper node {Path}")]
    private static partial void LogWatching(ILogger logger, string path);

    [LoggerMessage(EventId = 5170, Level = LogLevel.Warning, Message = "Election {Path}: {Reason}")]
    private static partial void LogFailed(ILogger logger, string path, string reason);
}
