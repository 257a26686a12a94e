using System.Buffers;
using System.Text;
using System.Threading.Channels;
using Lockstep.Connectors.Files;
using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Adapters;

/// <summary>What a pump needs to know.</summary>
/// <param name="File">The file.</param>
/// <param name="Schema">Schema of its events.</param>
/// <param name="AutogenKey">True when the engine makes the key.</param>
/// <param name="Topic">Where the events go.</param>
/// <param name="MetaTopic">Where the position goes.</param>
/// <param name="Group">Its key.</param>
/// <param name="Member">Who writes.</param>
internal sealed record FilePumpOptions(
    FilePublisherOptions File, Schema Schema, bool AutogenKey, string Topic, string MetaTopic, string Group, string Member);

/// <summary>
/// An active publisher adapter at work. A thread reads lines and makes records of them; a task sends what is there, with the
/// position, in one transaction, and the next transaction begins when the last has ended: load makes them larger, not later.
/// </summary>
internal sealed class FilePump
{
    /// <summary>Records read ahead of the transaction in progress.</summary>
    public const int ReadAhead = 64;

    private static readonly TimeSpan CommitTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PendingLook = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FullWait = TimeSpan.FromMilliseconds(1);

    private readonly FilePumpOptions _options;
    private readonly FencedProducer _producer;
    private readonly StatusHolder _status;
    private readonly CommitTimes _times = new();
    private static readonly TimeSpan CommitLinger = TimeSpan.FromMilliseconds(1);
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly byte[] _key;
    private readonly Channel<Record> _records = Channel.CreateBounded<Record>(
        new BoundedChannelOptions(ReadAhead) { SingleReader = true, SingleWriter = true });

    private FilePosition _position;
    private FilePrint _print;

    /// <summary>Over a producer that has been taken.</summary>
    public FilePump(
        FilePumpOptions options, FilePosition position, FencedProducer producer, StatusHolder status, TimeProvider time, ILogger logger)
    {
        _options = options;
        _position = position;
        _print = FilePrint.Parse(position.Fingerprint);
        _producer = producer;
        _status = status;
        _time = time;
        _logger = logger;
        _key = Encoding.UTF8.GetBytes(options.Group);
        Began = time.GetTimestamp();
    }

    /// <summary>Asked, while a transaction takes long, whether to give it up; told how long it has taken.</summary>
    public Func<TimeSpan, bool> GivesUp { get; init; } = _ => false;

    /// <summary>Transactions committed.</summary>
    public long Commits { get; private set; }

    /// <summary>When the last transaction, or for none the pump, began: a time stamp.</summary>
    public long Began { get; private set; }

    /// <summary>Pumps until told to stop, fenced or failed.</summary>
    /// <param name="told">Tells it to stop: what was read is still committed.</param>
    public async Task<TermEnd> RunAsync(CancellationToken told)
    {
        // The reader also stops when sending has ended for a reason of its own.
        using var stopReading = CancellationTokenSource.CreateLinkedTokenSource(told);
        var reading = Task.Factory.StartNew(
            () => ReadAll(stopReading.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var nudge = new CommitNudge(_producer, _time);
        await using (nudge.ConfigureAwait(false))
        {
            var sent = await SendAllAsync(nudge).ConfigureAwait(false);
            await stopReading.CancelAsync().ConfigureAwait(false);
            var failure = await reading.ConfigureAwait(false);
            if (sent is not null)
            {
                return sent;
            }

            return failure is not null ? new TermEnd(TermEndKind.Failed, failure)
                : told.IsCancellationRequested ? new TermEnd(TermEndKind.Told, "Told to end.")
                : new TermEnd(TermEndKind.Finished, "All lines are committed.");
        }
    }

    /// <summary>Sends until the reader has ended; gives why not all was committed, or null.</summary>
    private async Task<TermEnd?> SendAllAsync(CommitNudge nudge)
    {
        List<Record> batch = [];
        while (await _records.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            batch.Clear();
            while (batch.Count < ReadAhead && _records.Reader.TryRead(out var record))
            {
                batch.Add(record);
            }

            var last = batch[^1];
            _print = PrintAt(last.Offset);
            var next = _position with { Fingerprint = _print.ToString(), Offset = last.Offset, Line = last.Line, Member = _options.Member };
            Began = _time.GetTimestamp();
            var result = await TransactAsync(batch, next).ConfigureAwait(false);
            if (!result.IsDone)
            {
                return new TermEnd(
                    result.Outcome switch
                    {
                        TransactionOutcome.Fenced => TermEndKind.Fenced,
                        TransactionOutcome.Fatal => TermEndKind.Failed,
                        _ => TermEndKind.Unclear,
                    },
                    $"{result.Code} {result.Reason}");
            }

            Commits++;
            nudge.Committed();
            _position = next;
            var took = _time.GetElapsedTime(Began);
            _times.Add(took);
            var (events, commitMs) = (batch.Sum(r => r.Events), _times.MedianMs);
            _status.Change(s => s with
            {
                Position = next.Offset,
                EventsOut = s.EventsOut + events,
                CommitMs = commitMs,
                KafkaReachable = true,
            });
            await Task.Delay(CommitPace.LingerAfter(took, CommitLinger), _time).ConfigureAwait(false);
        }

        return null;
    }

    private async Task<TransactionResult> TransactAsync(List<Record> batch, FilePosition next)
    {
        var transaction = _producer.TransactAsync(producer => Send(producer, batch, next), CommitTimeout);
        while (await Task.WhenAny(transaction, Task.Delay(PendingLook, _time)).ConfigureAwait(false) != transaction)
        {
            if (GivesUp(_time.GetElapsedTime(Began)))
            {
                return new TransactionResult(TransactionOutcome.Unclear, "Local_TimedOut", "The commit takes too long.");
            }
        }

        return await transaction.ConfigureAwait(false);
    }

    private void Send(TransactionalProducer producer, List<Record> batch, FilePosition next)
    {
        foreach (var record in batch)
        {
            var at = SourcePositionCodec.EncodeHeader(new SourcePosition(next.Fingerprint, record.Offset, record.Line));
            producer.Send(_options.Topic, record.Value, headers: [new KafkaHeader(SourcePosition.HeaderName, at)]);
        }

        producer.Send(_options.MetaTopic, next.Encode(), _key);
    }

    private FilePrint PrintAt(long offset)
    {
        try
        {
            return _print.Bytes < FilePrint.MaxBytes ? FilePrint.Of(_options.File.Path, offset) : _print;
        }
        catch (IOException gone)
        {
            // The file was removed just now, which the reading thread reports; the older print still tells what it was.
            _status.Change(s => s with { Reason = gone.Message });
            return _print;
        }
    }

    /// <summary>The reading thread; gives why it failed, or null.</summary>
    private string? ReadAll(CancellationToken stop)
    {
        try
        {
            var watch = new FileWatch(_options.File.Path, _options.File.Growing, _time);
            watch.Expect(FilePrint.Parse(_position.Fingerprint));
            return watch.WaitUntilThere(waiting => _status.Change(s => s with { Reason = waiting }), stop)
                ? ReadFile(watch, stop)
                : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return unreadable.Message;
        }
        finally
        {
            _records.Writer.Complete();
        }
    }

    private string? ReadFile(FileWatch watch, CancellationToken stop)
    {
        _status.Change(s => s with { Reason = null });
        using var reader = new FileEventReader(
            _options.File, _options.Schema, _options.AutogenKey, _logger, _position.Offset, _position.Line);
        var block = new EventBlock(_options.Schema, _options.File.BlockSize);
        var target = new BlockTarget(block, _options.File.BlockSize);
        var buffer = new ArrayBufferWriter<byte>();
        long dropped = 0;
        while (!stop.IsCancellationRequested)
        {
            block.Clear();
            var error = reader.Fill(target);
            var count = block.Count;
            if (count > 0)
            {
                block.IsTransactional = _options.File.Transactional;
                buffer.ResetWrittenCount();
                EventBlockCodec.Encode(block, buffer);
                Hand(new Record(buffer.WrittenSpan.ToArray(), count, reader.Offset, reader.Line), stop);
            }

            var (behind, more) = (reader.Behind, reader.Dropped - dropped);
            dropped = reader.Dropped;
            if (count > 0 || more > 0)
            {
                _status.Change(s => s with { EventsIn = s.EventsIn + count, Behind = behind, Dropped = s.Dropped + more });
            }

            if (error is not null)
            {
                return error;
            }

            if (reader.IsAtEnd && _options.File.Growing && watch.WasReplaced(reader.Offset) is { } replaced)
            {
                return $"{replaced} {FilePublisherOptions.ReplacedAdvice}";
            }

            if (reader.IsAtEnd && !_options.File.Growing)
            {
                return null;
            }

            if (reader.IsAtEnd && count == 0)
            {
                stop.WaitHandle.WaitOne(FilePublisher.GrowthLook);
            }
        }

        return null;
    }

    private void Hand(Record record, CancellationToken stop)
    {
        // Told to stop with a full channel: the record is not sent, so the position stays before it.
        while (!_records.Writer.TryWrite(record) && !stop.WaitHandle.WaitOne(FullWait))
        {
        }
    }

    private sealed record Record(byte[] Value, int Events, long Offset, long Line);
}
