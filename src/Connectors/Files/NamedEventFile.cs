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
    public string? Fill(BlockTarget target)
    {
        IsAtEnd = false;
        try
        {
            return FillFrom(target);
        }
        catch (InvalidDataException broken)
        {
            // What was read before it is in the block.
            return broken.Message;
        }
    }

    private string? FillFrom(BlockTarget target)
    {
        var transaction = 0;
        target.HasOpenTransaction = false;
        while (true)
        {
            if (target.Block.Count > 0 && !_hasNext)
            {
                _hasNext = transaction != 0 && source.Next(withinTransaction: true);
                if (transaction != 0 ? !_hasNext : target.IsFull)
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
            if (target.Block.Count > 0 && (source.Transaction != transaction || (transaction == 0 && target.IsFull)))
            {
                return null;
            }

            transaction = source.Transaction;
            target.HasOpenTransaction = transaction != 0;
            _hasNext = false;
            if (source.Append(target.Block) is not { } problem)
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
