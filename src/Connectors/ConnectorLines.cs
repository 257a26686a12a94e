using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors;

/// <summary>The log lines that the original writes at the same moments, word for word, so that people's searches go on working.</summary>
internal static partial class ConnectorLines
{
    [LoggerMessage(EventId = 5001, Level = LogLevel.Information,
        Message = "dfESPconnector::setState(): Connector {Name} in group default has new state: {State}")]
    internal static partial void LogState(this ILogger logger, string name, string state);

    [LoggerMessage(EventId = 5003, Level = LogLevel.Information, Message = "{Path}: script {Level}: {Line}")]
    internal static partial void LogScript(this ILogger logger, string path, string level, string line);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Error, Message = "{Path} failed: {Reason}")]
    internal static partial void LogFailed(this ILogger logger, string path, string reason);
}
