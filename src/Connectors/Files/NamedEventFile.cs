using Lockstep.Contracts.Events;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Files;

/// <summary>Reads the events of an XML or JSON file into blocks. Events of one transaction are one block. Not thread-safe.</summary>
/// <param name="options">Whence they come, and what to do about an event that can't be read.</param>
/// <param name="source">Its events.</param>
/// <param name="logger">Told of dropped events.</param>
internal sealed partial class NamedEventFile(FilePublisherOptions options, INamedEventSource source, ILogger logger) : IEventFile
{
    private bool _hasNext;

    /// <inheritdoc/>
    public long Offset => source.Offset;

    /// <inheritdoc/>
    public long Behind => Math.Max(0, source.Length - source.Offset);

    /// <inheritdoc/>
    public long Dropped { get; private set; }

    /// <inheritdoc/>
    public bool IsAtEnd { get; private set; }

    /// <inheritdoc/>
    public string? Fill(EventBlock block, int limit)
    {
        IsAtEnd = false;
        try
        {
            return FillFrom(block, limit);
        }
        catch (InvalidDataException broken)
        {
            // What was read before it is in the block.
            return broken.Message;
        }
    }

    private string? FillFrom(EventBlock block, int limit)
    {
        var transaction = 0;
        while (true)
        {
            // What came over a connection must not wait for what may never come.
            if (block.Count > 0 && !_hasNext)
            {
                _hasNext = transaction != 0 && source.Next(withinTransaction: true);
                if (transaction != 0 ? !_hasNext : block.Count >= limit || source.WouldWait)
                {
                    return null;
                }
            }

            if (!_hasNext && !source.Next())
            {
                IsAtEnd = true;
                return null;
            }

            _hasNext = true;
            if (block.Count > 0 && (source.Transaction != transaction || (transaction == 0 && block.Count >= limit)))
            {
                return null;
            }

            transaction = source.Transaction;
            _hasNext = false;
            if (source.Append(block) is not { } problem)
            {
                continue;
            }

            var error = $"{options.Path}{source.Place}: {problem}";
            if (!options.IgnoreParseErrors)
            {
                return error;
            }

            if (++Dropped <= FileEventReader.LoggedDrops)
            {
                LogDropped(logger, error);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => source.Dispose();

    [LoggerMessage(EventId = 5011, Level = LogLevel.Error, Message = "Event dropped: {Error}")]
    private static partial void LogDropped(ILogger logger, string error);
}
