using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Lockstep.Contracts.Api;
using Lockstep.Kafka;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Deployments;

namespace Lockstep.Manager.Web.Output;

/// <summary>Reads one outbound topic into a ring, on a thread of its own, for all viewers. Joins no consumer group, commits nothing.</summary>
internal sealed partial class TopicFeed : IAsyncDisposable
{
    private const int ReadAhead = 4;
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryWait = TimeSpan.FromSeconds(1);

    private readonly TopicEnd _end;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;
    private int _viewers;
    private DateTimeOffset _leftAt = DateTimeOffset.MaxValue;

    /// <summary>Starts to read, from the newest rows that the ring can hold.</summary>
    public TopicFeed(string group, TopicEnd end, Bus bus, TimeProvider time, ILogger logger)
    {
        Group = group;
        Bus = bus;
        _end = end;
        _time = time;
        _logger = logger;
        _reading = Task.Factory.StartNew(
            ReadAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The group whose output it is.</summary>
    public string Group { get; }

    /// <summary>The bus it reads.</summary>
    public Bus Bus { get; }

    /// <summary>The newest rows.</summary>
    public OutputRing Ring { get; } = new();

    /// <summary>A viewer has come.</summary>
    public void Enter() => Interlocked.Increment(ref _viewers);

    /// <summary>A viewer has gone.</summary>
    public void Leave(DateTimeOffset now)
    {
        _leftAt = now;
        Interlocked.Decrement(ref _viewers);
    }

    /// <summary>True: nobody has looked for that long.</summary>
    public bool IsIdle(DateTimeOffset now, TimeSpan linger) => _viewers == 0 && now - _leftAt > linger;

    /// <summary>Ends when the reader has come to the end of the topic once, or the limit has passed.</summary>
    public async Task WaitCaughtUpAsync(TimeSpan limit, CancellationToken cancellation)
    {
        try
        {
#pragma warning disable VSTHRD003 // Completed by this object's own thread, which waits for nobody.
            await _caughtUp.Task.WaitAsync(limit, _time, cancellation);
#pragma warning restore VSTHRD003
        }
        catch (TimeoutException)
        {
            // The topic does not exist yet or the bus is away: the viewer waits for rows like any other.
        }
    }

    /// <summary>Reads the topic from an offset, or from its first record when that one is gone; rows of one or more records at a time.</summary>
    public async IAsyncEnumerable<IReadOnlyList<OutputRow>> ReadFromAsync(
        long offset, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var channel = Channel.CreateBounded<IReadOnlyList<OutputRow>>(ReadAhead);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token);
        var reading = Task.Run(
            async () =>
            {
                using var reader = Open(offset);
                var decoder = new OutputDecoder(_end.Schema);
                while (!stop.IsCancellationRequested)
                {
                    if (Rows(reader, decoder) is { Count: > 0 } rows)
                    {
                        await channel.Writer.WriteAsync(rows, stop.Token);
                    }
                }
            },
            CancellationToken.None);
        try
        {
            await foreach (var rows in channel.Reader.ReadAllAsync(stop.Token))
            {
                yield return rows;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await reading.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
#pragma warning disable VSTHRD003 // Started by this object itself.
        await _reading;
#pragma warning restore VSTHRD003
        _stop.Dispose();
    }

    private void ReadAll()
    {
        var decoder = new OutputDecoder(_end.Schema);
        var next = PartitionStart.Earliest - 1;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var reader = Open(next < PartitionStart.Earliest ? Start() : next);
                while (!_stop.IsCancellationRequested)
                {
                    Ring.Add(Rows(reader, decoder));
                    next = Ring.NewestOffset >= 0 ? Ring.NewestOffset + 1 : next;
                    if (reader.IsAtEnd(_end.Topic))
                    {
                        _caughtUp.TrySetResult();
                    }
                }
            }
            catch (OffsetGoneException gone)
            {
                LogGone(_logger, _end.Topic, gone.Offset);
                next = PartitionStart.Earliest;
            }
            catch (KafkaFaultException away)
            {
                LogAway(_logger, _end.Topic, away.Message);
                _stop.Token.WaitHandle.WaitOne(RetryWait);
            }
        }
    }

    /// <summary>As many records before the end as the ring has room for; each holds a row at least.</summary>
    private long Start()
    {
        using var admin = new TopicAdmin(KafkaBusOptions.Parse(Bus.Kafka), _logger);
#pragma warning disable VSTHRD002 // A thread of its own that has nothing else to do.
        var found = admin.DescribeAsync(_end.Topic, _stop.Token).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        return found?.Partitions is [{ EndOffset: >= 0 } first, ..]
            ? Math.Max(Math.Max(0, first.FirstOffset), first.EndOffset - OutputRing.Capacity)
            : throw new KafkaFaultException(
                _end.Topic, new KafkaFault(KafkaFaultKind.Retry, "NoTopic", "The topic does not exist yet."));
    }

    private PartitionReader Open(long offset) => new(
        KafkaBusOptions.Parse(Bus.Kafka), ReadIsolation.Committed, [new PartitionStart(_end.Topic, offset)], _logger);

    /// <summary>What is there now, at most a batch's worth of records.</summary>
    private static List<OutputRow> Rows(PartitionReader reader, OutputDecoder decoder)
    {
        var rows = new List<OutputRow>();
        var wait = PollTime;
        while (rows.Count < OutputBatch.MaxRows && reader.Poll(wait) is { } record)
        {
            decoder.AddRows(record, rows);
            wait = TimeSpan.Zero;
        }

        return rows;
    }

    [LoggerMessage(EventId = 6501, Level = LogLevel.Information, Message = "Tail of {Topic}: offset {Offset} is gone; it goes on with the first there is")]
    private static partial void LogGone(ILogger logger, string topic, long offset);

    [LoggerMessage(EventId = 6502, Level = LogLevel.Debug, Message = "Tail of {Topic} waits: {Reason}")]
    private static partial void LogAway(ILogger logger, string topic, string reason);
}
