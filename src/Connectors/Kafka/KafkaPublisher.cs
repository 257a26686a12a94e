using Lockstep.Connectors.Adapters;
using Lockstep.Connectors.Messages;
using Lockstep.Contracts.Events;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// Connector class kafka, type pub, of a project without failover: puts the committed records of a topic into a source
/// window, from kafkainitialoffset at each start, up to maxevents. A record that does not decode is dropped,
/// counted and logged, or ends the connector (onpoison=stop).
/// </summary>
internal sealed partial class KafkaPublisher : IConnector
{
    private static readonly TimeSpan IdlePoll = TimeSpan.FromMilliseconds(50);

    private readonly ConnectorContext _context;
    private readonly KafkaConnectorOptions _options;
    private readonly StatusHolder _status;
    private readonly ILogger _logger;

    public KafkaPublisher(ConnectorContext context)
    {
        _context = context;
        _options = KafkaConnectorOptions.Of(context);
        _logger = context.Loggers.CreateLogger<KafkaPublisher>();
        _status = new StatusHolder(context, _logger);
    }

    /// <inheritdoc/>
    public ConnectorStatus Status => _status.Now;

    /// <inheritdoc/>
    public bool IsEndless => _options.MaxEvents == 0;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            using (var admin = new TopicAdmin(_options.Bus, _logger))
            {
                await TopicSetup.EnsureAsync(
                    admin, new TopicSpec(_options.Topic) { Replication = _context.Worker.Replication },
                    _status, _context.Time, _logger, stop).ConfigureAwait(false);
            }

            _status.Running();
            await Task.Factory.StartNew(
                () => Run(stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _status.Change(s => s with { State = ConnectorState.Stopped });
        }
        catch (KafkaFaultException refused)
        {
            _status.Failed(refused.Message);
        }
    }

    private void Run(CancellationToken stop)
    {
        using var reader = new PartitionReader(
            _options.Bus, ReadIsolation.Committed, [new PartitionStart(_options.Topic, _options.InitialOffset)], _logger);
        var texts = new MessageReader(_context.Schema, _options.Type.Messages(_options.Csv), _context.AutogenKey);
        for (long events = 0; !stop.IsCancellationRequested;)
        {
            if (_options.MaxEvents > 0 && events >= _options.MaxEvents)
            {
                _status.Change(s => s with { State = ConnectorState.Finished });
                return;
            }

            if (Poll(reader) is not { } record)
            {
                continue;
            }

            var block = _context.Feed.Rent(_context.WindowId, _context.Schema);
            if (Decode(record, texts, block) is { } wrong)
            {
                block.Clear();
                if (_options.StopsOnPoison)
                {
                    _context.Feed.GiveBack(new BlockFeed.Item(_context.WindowId, block));
                    _status.Failed($"Topic {record.Topic} offset {record.Offset}: {wrong} Property onpoison is stop.");
                    return;
                }

                _status.Change(s => s with { Dropped = s.Dropped + 1 });
                LogDropped(_logger, record.Topic, record.Offset, wrong);
            }

            if (_options.MaxEvents > 0 && events + block.Count > _options.MaxEvents)
            {
                block.Truncate((int)(_options.MaxEvents - events));
            }

            block.IsTransactional |= _options.Transactional;
            var count = block.Count;
            events += count;
            _context.Feed.Publish(_context.WindowId, block, stop);
            _status.Change(s => s with
            {
                EventsIn = s.EventsIn + count,
                EventsOut = s.EventsOut + count,
                Position = record.Offset + 1,
                KafkaReachable = true,
            });
        }

        stop.ThrowIfCancellationRequested();
    }

    private KafkaRecord? Poll(PartitionReader reader)
    {
        try
        {
            return reader.Poll(IdlePoll);
        }
        catch (KafkaFaultException passing) when (passing.Fault.Kind == KafkaFaultKind.Retry)
        {
            _status.Change(s => s with { KafkaReachable = false });
            return null;
        }
    }

    private string? Decode(KafkaRecord record, MessageReader texts, EventBlock block)
    {
        if (_options.Type.Format != RecordFormat.Binary)
        {
            return texts.Read(record.Topic, record.Value, block);
        }

        var error = EventBlockCodec.TryDecode(record.Value, _context.Schema, block);
        return error == EventBlockError.None ? null : $"no event block of {_context.Schema}: {error}";
    }

    [LoggerMessage(EventId = 5301, Level = LogLevel.Error, Message = "Topic {Topic} offset {Offset}: record dropped: {Why}")]
    private static partial void LogDropped(ILogger logger, string topic, long offset, string why);
}
