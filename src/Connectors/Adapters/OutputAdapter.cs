using System.Diagnostics;
using Lockstep.Connectors.Files;
using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Adapters;

/// <summary>
/// dfesp_fs_adapter type=sub over Kafka: the rows of the outbound topic go to a csv file exactly once, whatever kills it at
/// any byte. Judges every record by its q and keeps the ledger. One thread reads and writes.
/// </summary>
internal sealed partial class OutputAdapter : IConnector
{
    /// <summary>Time between two syncs of the file while rows come.</summary>
    public static readonly TimeSpan SyncInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Bytes of rows that gather before they go to the file although more records wait.</summary>
    public const int GatherBytes = 256 * 1024;

    private static readonly TimeSpan IdlePoll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LagInterval = TimeSpan.FromSeconds(1);

    private readonly ConnectorContext _context;
    private readonly AdapterOptions _options;
    private readonly FileSubscriberOptions _file;
    private readonly StatusHolder _status;
    private readonly ILogger _logger;
    private long _events;

    /// <summary>Over a checked connector.</summary>
    public OutputAdapter(ConnectorContext context, AdapterOptions options)
    {
        _context = context;
        _options = options;
        _file = options.Subscriber!;
        _logger = context.Loggers.CreateLogger<OutputAdapter>();
        _status = new StatusHolder(context, _logger);
    }

    /// <inheritdoc/>
    public ConnectorStatus Status => _status.Now;

    /// <inheritdoc/>
    public bool IsEndless => true;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stop)
    {
        using var admin = new TopicAdmin(_options.Bus, _logger);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            await TopicSetup.EnsureAsync(
                admin, new TopicSpec(_options.Topic) { Replication = _context.Worker.Replication },
                _status, _context.Time, _logger, stop).ConfigureAwait(false);
            var begin = await BeginAsync(admin, stop).ConfigureAwait(false);
            var lag = WatchLagAsync(admin, ended.Token);
            await Task.Factory.StartNew(
                () => Run(begin, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
            await lag.ConfigureAwait(false);
            _status.Change(s => s.State == ConnectorState.Running ? s with { State = ConnectorState.Stopped } : s);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _status.Change(s => s with { State = ConnectorState.Stopped });
        }
        catch (KafkaFaultException refused)
        {
            await ended.CancelAsync().ConfigureAwait(false);
            _status.Failed(refused.Message);
        }
    }

    /// <summary>The position a file begins at that has none yet: by initialoffset, asked once and then kept.</summary>
    private async Task<OutputPosition> BeginAsync(TopicAdmin admin, CancellationToken stop)
    {
        var first = await OffsetAsync(admin, OffsetEnd.Earliest, stop).ConfigureAwait(false);
        var offset = _options.InitialOffset switch
        {
            PartitionStart.Earliest => first,
            PartitionStart.Latest => await OffsetAsync(admin, OffsetEnd.Latest, stop).ConfigureAwait(false),
            var given => given,
        };
        return new OutputPosition(_options.Topic, offset, 0, 0, "", 0, 0, 0, FromFirst: offset == 0 && first == 0);
    }

    private async Task<long> OffsetAsync(TopicAdmin admin, OffsetEnd end, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                var offsets = await admin.ListOffsetsAsync([_options.Topic], end, ReadIsolation.Committed, stop).ConfigureAwait(false);
                return offsets[_options.Topic];
            }
            catch (KafkaFaultException passing) when (passing.Fault.Kind == KafkaFaultKind.Retry)
            {
                _status.Change(s => s with { KafkaReachable = false, Reason = passing.Message });
                await Task.Delay(LagInterval, _context.Time, stop).ConfigureAwait(false);
            }
        }
    }

    private void Run(OutputPosition begin, CancellationToken stop)
    {
        try
        {
            using var file = OutputFile.Open(_file, _context.Schema, () => begin);
            if (file.Position.Topic != _options.Topic)
            {
                _status.Failed(
                    $"'{_file.Path}{OutputPosition.Suffix}' is of topic '{file.Position.Topic}', not '{_options.Topic}': "
                    + "one file holds the rows of one topic.");
                return;
            }

            using var reader = new PartitionReader(
                _options.Bus, ReadIsolation.Committed, [new PartitionStart(_options.Topic, file.Position.NextOffset)], _logger);
            Show(file);
            _status.Running();
            Move(reader, file, stop);
            file.Sync();
            Show(file);
        }
        catch (Exception lost) when (lost is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            _status.Failed(lost.Message);
        }
        catch (KafkaFaultException refused)
        {
            _status.Failed(refused.Message);
        }
    }

    private void Move(PartitionReader reader, OutputFile file, CancellationToken stop)
    {
        var block = new EventBlock(_context.Schema);
        var synced = Stopwatch.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            var record = Poll(reader, file.Waiting > 0 ? TimeSpan.Zero : IdlePoll);
            if (record is not null)
            {
                Take(record, block, file);
            }
            else if (reader.IsAtEnd(_options.Topic))
            {
                file.Pass(reader.PositionOf(_options.Topic));
            }

            if (record is null || file.Waiting >= GatherBytes)
            {
                file.WriteOut();
                Show(file);
            }

            if (file.IsDirty && Stopwatch.GetElapsedTime(synced) >= SyncInterval)
            {
                file.Sync();
                synced = Stopwatch.GetTimestamp();
            }
        }
    }

    private KafkaRecord? Poll(PartitionReader reader, TimeSpan timeout)
    {
        try
        {
            return reader.Poll(timeout);
        }
        catch (KafkaFaultException passing) when (passing.Fault.Kind == KafkaFaultKind.Retry)
        {
            _status.Change(s => s with { KafkaReachable = false });
            return null;
        }
    }

    private void Take(KafkaRecord record, EventBlock block, OutputFile file)
    {
        var error = EventBlockCodec.TryDecode(record.Value, _context.Schema, block);
        if (error != EventBlockError.None)
        {
            // Never skipped in silence: a row that can't be read would be a row lost.
            throw new InvalidDataException(
                $"{record.Topic} offset {record.Offset}: the record is no event block of {_context.Schema}: {error}.");
        }

        OutboundStamp? stamp = null;
        if (record.Header(OutboundStamp.HeaderName) is { } header)
        {
            RecordBytes.TryDecodeStamp(header, out stamp);
        }

        var foreign = file.Foreign;
        file.Take(block, stamp, record.Offset, DateTimeOffset.FromUnixTimeMilliseconds(record.TimestampMs));
        _events += block.Count;
        if (file.Foreign > foreign)
        {
            LogForeign(_logger, record.Topic, record.Offset, file.Foreign);
        }
    }

    private void Show(OutputFile file)
    {
        var (at, events) = (file.Position, _events);
        if (at.NextOffset == _status.Now.Position && _status.Now.Ledger is not null)
        {
            return;
        }

        _status.Change(s => s with
        {
            Position = at.NextOffset,
            EventsIn = events,
            EventsOut = events,
            Dropped = file.Foreign,
            Ledger = new Ledger(at.Lost, at.Duplicated, at.LastQ, at.LastId, at.Rows) { Topic = at.Topic, Gaps = at.Gaps },
        });
    }

    /// <summary>Asks once a second how far the topic has got; that also tells whether the brokers answer.</summary>
    private async Task WatchLagAsync(TopicAdmin admin, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                try
                {
                    var ends = await admin.ListOffsetsAsync([_options.Topic], OffsetEnd.Latest, ReadIsolation.Committed, stop)
                        .ConfigureAwait(false);
                    var end = ends[_options.Topic];
                    _status.Change(s => s with
                    {
                        KafkaReachable = true,
                        Behind = Math.Max(0, end - s.Position),
                        Reason = s.State == ConnectorState.Failed ? s.Reason : null,
                    });
                }
                catch (KafkaFaultException away)
                {
                    _status.Change(s => s with { KafkaReachable = false, Reason = away.Message });
                }

                await Task.Delay(LagInterval, _context.Time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The adapter ends.
        }
    }

    [LoggerMessage(EventId = 5220, Level = LogLevel.Error,
        Message = "Topic {Topic} offset {Offset}: a record of a foreign writer, without stamp; not written ({Count} so far)")]
    private static partial void LogForeign(ILogger logger, string topic, long offset, long count);
}
