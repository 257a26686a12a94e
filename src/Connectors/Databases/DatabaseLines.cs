using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Databases;

/// <summary>Log lines of db connectors.</summary>
internal static partial class DatabaseLines
{
    [LoggerMessage(EventId = 5040, Level = LogLevel.Warning, Message = "{Path}: a row was dropped: {Reason}")]
    internal static partial void LogRowDropped(this ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 5041, Level = LogLevel.Warning, Message = "{Path}: the database is away: {Reason}; {Rows} rows wait")]
    internal static partial void LogDatabaseAway(this ILogger logger, string path, string reason, int rows);
}
