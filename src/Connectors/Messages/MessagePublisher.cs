using Lockstep.Contracts.Events;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Messages;

/// <summary>
/// Publishers of messages of a broker: a message is a block. It counts as received once its block is on the way into the engine, so with
/// a broker that waits for that, a break of the connection brings messages twice and loses none. A broker that is away is tried again;
/// one that refuses ends the publisher.
/// </summary>
internal sealed partial class MessagePublisher : IConnector
{
    private const int LoggedMost = 100;

    private readonly ConnectorContext _context;
    private readonly MessageOptions _options;
    private readonly IMessageBroker _broker;
    private readonly MessageReader _reader;
    private readonly ILogger _logger;
    private readonly StatusHolder _status;
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _wrong;
    private long _events;
    private long _dropped;

    public MessagePublisher(ConnectorContext context, MessageOptions options, IMessageBroker broker)
    {
        _context = context;
        _options = options;
        _broker = broker;
        _reader = new MessageReader(context.Schema, options, context.AutogenKey);
        _logger = context.Loggers.CreateLogger<MessagePublisher>();
        _status = new StatusHolder(context, _logger);
    }

    /// <inheritdoc/>
    public ConnectorStatus Status => _status.Now;

    /// <inheritdoc/>
    public bool IsEndless => _options.IsEndless;

    /// <inheritdoc/>
    public Task Ready => _ready.Task;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stop)
    {
        _status.Running();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, _ended.Token);
        try
        {
            await Task.Run(() => ReceiveAsync(both.Token), CancellationToken.None).ConfigureAwait(false);
        }
        catch (BrokerException refused)
        {
            _status.Failed(refused.Message);
            return;
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            // Told to stop, or at its end.
        }

        if (_wrong is not null)
        {
            _status.Failed(_wrong);
            return;
        }

        _status.Change(s => s with { State = _ended.IsCancellationRequested ? ConnectorState.Finished : ConnectorState.Stopped });
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _ended.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ReceiveAsync(CancellationToken stop)
    {
        var retry = new RetryWait(_context.Time);
        while (true)
        {
            try
            {
                await _broker.ReceiveAsync((topic, payload) => Take(topic, payload.Span, stop), Connected, stop).ConfigureAwait(false);
            }
            catch (BrokerException away) when (!away.IsFatal)
            {
                if (_status.Away(away.Message))
                {
                    LogTrouble(_logger, _context.Path, away.Message);
                }
            }

            await retry.WaitAsync(stop).ConfigureAwait(false);
        }

        void Connected()
        {
            retry.Reset();
            _ready.TrySetResult();
            _status.Change(s => s with { Reason = null, IsConnected = true });
        }
    }

    private void Take(string topic, ReadOnlySpan<byte> payload, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var block = _context.Feed.Rent(_context.WindowId, _context.Schema);
        if (_reader.Read(topic, payload, block) is { } problem)
        {
            _context.Feed.GiveBack(new BlockFeed.Item(_context.WindowId, block));
            Refuse($"Message of '{topic}': {problem}");
            return;
        }

        if (_options.MaxEvents > 0 && _events + block.Count > _options.MaxEvents)
        {
            block.Truncate((int)(_options.MaxEvents - _events));
        }

        Publish(block, stop);
        if (_options.MaxEvents > 0 && _events >= _options.MaxEvents)
        {
            _ended.Cancel();
        }
    }

    private void Publish(EventBlock block, CancellationToken stop)
    {
        block.IsTransactional = _options.Transactional;
        var count = block.Count;
        _context.Feed.Publish(_context.WindowId, block, stop);
        var events = _events += count;
        _status.Change(s => s with { EventsIn = events, EventsOut = events });
    }

    /// <summary>A message that can't be read: dropped and counted, or, of csv, the end, as with files.</summary>
    private void Refuse(string problem)
    {
        if (_options.Format == MessageFormat.Csv && !_options.IgnoreParseErrors)
        {
            _wrong = problem + " Set ignorecsvparseerrors=true to drop such messages.";
            _ended.Cancel();
            return;
        }

        _status.Change(s => s with { Dropped = s.Dropped + 1 });
        if (++_dropped <= LoggedMost)
        {
            LogDropped(_logger, _context.Path, problem);
        }
    }

    [LoggerMessage(EventId = 5030, Level = LogLevel.Warning, Message = "{Path}: {Reason}")]
    private static partial void LogTrouble(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 5031, Level = LogLevel.Error, Message = "{Path}: message dropped: {Reason}")]
    private static partial void LogDropped(ILogger logger, string path, string reason);
}
