using System.Buffers;
using System.Collections.Concurrent;
using Lockstep.Connectors.Adapters;
using Lockstep.Connectors.Messages;
using Lockstep.Contracts.Events;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// Connector class kafka, type sub, of a project without failover: sends what a window puts out to a topic, in order, by an
/// idempotent producer in transactions. A commit without a clear end is sent again: at least once. Who needs more sets
/// hotfailover. Records without stamp.
/// </summary>
internal sealed class KafkaSubscriber : ISubscriber
{
    /// <summary>Records that may wait; beyond, the engine waits.</summary>
    public const int QueueLimit = 4096;

    private static readonly TimeSpan CommitTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RetryWait = TimeSpan.FromMilliseconds(500);

    private readonly ConnectorContext _context;
    private readonly KafkaConnectorOptions _options;
    private readonly StatusHolder _status;
    private readonly ILogger _logger;
    private readonly BlockFilter _filter;
    private readonly Func<EventBlock, IEnumerable<MessageWriter.Message>> _write;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly BlockingCollection<(byte[] Value, int Events)> _queue = new(QueueLimit);
    private volatile bool _runs;

    public KafkaSubscriber(ConnectorContext context)
    {
        _context = context;
        _options = KafkaConnectorOptions.Of(context);
        _filter = new BlockFilter(context.Schema, _options.Collapse, _options.DropRetentionDeletes);
        _write = WriterOf(context.Schema);
        _logger = context.Loggers.CreateLogger<KafkaSubscriber>();
        _status = new StatusHolder(context, _logger);
    }

    /// <inheritdoc/>
    public ConnectorStatus Status => _status.Now;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stop)
    {
        _runs = true;
        _status.Running();
        try
        {
            using (var admin = new TopicAdmin(_options.Bus, _logger))
            {
                await TopicSetup.EnsureAsync(
                    admin, new TopicSpec(_options.Topic) { Replication = _context.Worker.Replication },
                    _status, _context.Time, _logger, stop).ConfigureAwait(false);
            }

            var id = $"{_context.Path.Replace('/', '.')}.{_context.Worker.Member}";
            var producer = new FencedProducer(_options.Bus, id, _context.Time, _context.Loggers);
            await using (producer.ConfigureAwait(false))
            {
                await SendAllAsync(producer, stop).ConfigureAwait(false);
            }

            _status.Change(s => s.State == ConnectorState.Running ? s with { State = ConnectorState.Stopped } : s);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _status.Change(s => s with { State = ConnectorState.Stopped });
        }
        catch (KafkaFaultException refused)
        {
            _status.Failed(refused.Message);
        }
        finally
        {
            _runs = false;
        }
    }

    /// <inheritdoc/>
    public void Take(EventBlock block)
    {
        if (!_runs)
        {
            return;
        }

        block = _filter.Apply(block);
        if (block.Count == 0)
        {
            return;
        }

        foreach (var message in _write(block))
        {
            Send(message.Payload, message.Events);
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _queue.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Makes records of blocks: one a block of those in binary and csv, others as messages have them.</summary>
    private Func<EventBlock, IEnumerable<MessageWriter.Message>> WriterOf(Schema schema)
    {
        switch (_options.Type.Format)
        {
            case RecordFormat.Binary:
                return block => Whole(block, () => EventBlockCodec.Encode(block, _buffer));
            case RecordFormat.Csv:
                var csv = new CsvEventWriter(schema, _options.Csv);
                return block => Whole(block, () => csv.Write(block, _buffer));
            default:
                return new MessageWriter(schema, _options.Type.Messages(_options.Csv, _options.BlockPerRecord)).Write;
        }
    }

    private IEnumerable<MessageWriter.Message> Whole(EventBlock block, Action write)
    {
        _buffer.ResetWrittenCount();
        write();
        return [new MessageWriter.Message(_buffer.WrittenSpan.ToArray(), block.Count)];
    }

    private void Send(byte[] value, int events)
    {
        while (_runs && !_queue.TryAdd((value, events), IdleWait))
        {
        }
    }

    /// <summary>Sends until told to stop and nothing waits.</summary>
    private async Task SendAllAsync(FencedProducer producer, CancellationToken stop)
    {
        List<(byte[] Value, int Events)> batch = [];
        var taken = false;
        while (!stop.IsCancellationRequested || _queue.Count > 0 || batch.Count > 0)
        {
            if (!taken)
            {
                var result = await producer.TakeAsync(null, CancellationToken.None).ConfigureAwait(false);
                taken = result.IsDone;
                if (!taken && !await RestAsync(result, stop).ConfigureAwait(false))
                {
                    return;
                }

                continue;
            }

            if (batch.Count == 0 && !await GatherAsync(batch, stop).ConfigureAwait(false))
            {
                continue;
            }

            var sent = await producer.TransactAsync(p => batch.ForEach(r => p.Send(_options.Topic, r.Value)), CommitTimeout)
                .ConfigureAwait(false);
            if (sent.IsDone)
            {
                var events = batch.Sum(r => r.Events);
                batch.Clear();
                _status.Change(s => s with { EventsIn = s.EventsIn + events, EventsOut = s.EventsOut + events, KafkaReachable = true });
                continue;
            }

            taken = false;
            producer.Drop();
            if (!await RestAsync(sent, stop).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    private Task<bool> GatherAsync(List<(byte[] Value, int Events)> batch, CancellationToken stop) => Task.Run(
        () =>
        {
            if (_queue.TryTake(out var first, stop.IsCancellationRequested ? TimeSpan.Zero : IdleWait))
            {
                batch.Add(first);
                while (batch.Count < QueueLimit && _queue.TryTake(out var next))
                {
                    batch.Add(next);
                }
            }

            return batch.Count > 0;
        },
        CancellationToken.None);

    /// <summary>After a failure: false when it is for good, or told to stop with the brokers away.</summary>
    private async Task<bool> RestAsync(TransactionResult result, CancellationToken stop)
    {
        if (result.Outcome == TransactionOutcome.Fatal)
        {
            _runs = false;
            _status.Failed($"{result.Code} {result.Reason}");
            return false;
        }

        _status.Change(s => s with { KafkaReachable = false, Reason = result.Reason });
        try
        {
            await Task.Delay(RetryWait, _context.Time, stop).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
