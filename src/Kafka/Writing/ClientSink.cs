using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Lockstep.Kafka.Writing;

/// <summary>
/// Writes transactions with librdkafka, for what the own protocol client can't speak. It is the owner's thread that polls: a second
/// polling thread makes each commit cost 10 ms. All transactions share one epoch, and the client sends an end of a transaction again by
/// itself: the first one may still arrive and end a later one (KAFKA-17754), so a commit during which a connection broke is unclear.
/// </summary>
internal sealed partial class ClientSink : IRecordSink
{
    /// <summary>
    /// How long <see cref="Dispose"/> waits for the client to end; what is left of it ends on a thread of its own.
    /// </summary>
    public static readonly TimeSpan DisposeLimit = TimeSpan.FromMilliseconds(200);

    /// <summary>How long <c>Send</c> waits for room in the client's send queue before it gives up.</summary>
    public static readonly TimeSpan QueueFullLimit = TimeSpan.FromSeconds(2);

    private readonly IProducer<byte[], byte[]> _producer;
    private readonly KafkaBusOptions _options;
    private readonly ILogger _logger;
    private volatile KafkaFault? _fatal;
    private NativeSend? _native;
    private KafkaFault? _sendFault;
    private int _disconnects;
    private int _disconnectsAtBegin;
    private bool _disposed;

    public ClientSink(KafkaBusOptions options, string transactionalId, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _logger = logger;
        TransactionalId = transactionalId;
        try
        {
            _producer = new ProducerBuilder<byte[], byte[]>(ClientConfigs.Producer(options, transactionalId))
                .SetLogHandler((_, line) => LogClient(_logger, line.Facility, line.Message))
                .SetErrorHandler((_, error) => Heard(error))
                .Build();
        }
        catch (InvalidOperationException refused)
        {
            throw ConfigRefused(refused);
        }
        catch (ArgumentException refused)
        {
            throw ConfigRefused(refused);
        }
    }

    /// <summary>The id given at the start.</summary>
    public string TransactionalId { get; }

    public void WarmUp(IReadOnlyCollection<string> topics, TimeSpan timeout)
    {
        using var admin = new DependentAdminClientBuilder(_producer.Handle).Build();
        foreach (var topic in topics)
        {
            try
            {
                var found = admin.GetMetadata(topic, timeout).Topics.Find(t => t.Topic == topic);
                if (found is null || found.Error.IsError)
                {
                    var error = found?.Error ?? new Error(ErrorCode.UnknownTopicOrPart);
                    throw new KafkaFaultException(topic, KafkaFault.Of(error));
                }
            }
            catch (KafkaException failed)
            {
                throw new KafkaFaultException(topic, KafkaFault.Of(failed.Error), failed);
            }
        }

        _producer.Poll(TimeSpan.Zero);
    }

    public TransactionResult InitTransactions(TimeSpan timeout) => Call(() => _producer.InitTransactions(timeout));

    /// <summary>The client takes no identity from elsewhere: it fences once more.</summary>
    public TransactionResult Take(FenceResult.Fenced fenced, TimeSpan timeout) => InitTransactions(timeout);

    /// <summary>Nothing can be done beforehand.</summary>
    public void Prepare()
    {
    }

    /// <summary>The client can't be interrupted; <see cref="Dispose"/> does not wait for it.</summary>
    public void Interrupt()
    {
    }

    public TransactionResult Begin()
    {
        _sendFault = null;
        Poll();
        _disconnectsAtBegin = Volatile.Read(ref _disconnects);
        return Call(_producer.BeginTransaction);
    }

    public void Send(string topic, byte[]? value, byte[]? key, IReadOnlyList<KafkaHeader>? headers)
    {
        if (_sendFault is not null)
        {
            return;
        }

        var message = new Message<byte[], byte[]> { Key = key!, Value = value!, Headers = HeadersOf(headers) };
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                _producer.Produce(new TopicPartition(topic, 0), message);
                return;
            }
            catch (ProduceException<byte[], byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull
                && Stopwatch.GetElapsedTime(started) < QueueFullLimit)
            {
                _producer.Poll(TimeSpan.FromMilliseconds(1));
            }
            catch (KafkaException failed)
            {
                _sendFault = Judge(failed.Error);
                return;
            }
        }
    }

    public void Send(string topic, ReadOnlySpan<byte> value, string headerName, ReadOnlySpan<byte> header)
    {
        if (_sendFault is not null)
        {
            return;
        }

        _native ??= new NativeSend(_producer);
        var code = _native.Send(topic, value, headerName, header);
        for (var started = Stopwatch.GetTimestamp();
            code == ErrorCode.Local_QueueFull && Stopwatch.GetElapsedTime(started) < QueueFullLimit;)
        {
            _producer.Poll(TimeSpan.FromMilliseconds(1));
            code = _native.Send(topic, value, headerName, header);
        }

        if (code != ErrorCode.NoError)
        {
            _sendFault = Judge(new Error(code));
        }
    }

    public TransactionResult Commit(TimeSpan timeout)
    {
        if (_sendFault is { } fault)
        {
            return TransactionResult.Of(fault);
        }

        var result = Call(() => _producer.CommitTransaction(timeout));
        if (!result.IsDone)
        {
            return result;
        }

        // What the client heard meanwhile; it polls for reports while it commits, but not always for errors.
        Poll();
        return Volatile.Read(ref _disconnects) == _disconnectsAtBegin
            ? result
            : new TransactionResult(
                TransactionOutcome.Unclear, nameof(ErrorCode.Local_Transport),
                "A connection broke during the transaction, and the client may have sent its end twice.");
    }

    public TransactionResult Abort(TimeSpan timeout) => Call(() => _producer.AbortTransaction(timeout));

    public void Poll() => _producer.Poll(TimeSpan.Zero);

    /// <summary>
    /// Ends the client. Waits <see cref="DisposeLimit"/> at most: with a broker away librdkafka itself may take longer, and
    /// a member that has just lost its role has no time to wait. Does not abort: the next fence does.
    /// </summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        // A background thread: it ends with the process, and holds nothing that anybody waits for.
        var end = new Thread(() =>
        {
            _native?.Dispose();
            _producer.Dispose();
        })
        { IsBackground = true, Name = "kafka producer end" };
        end.Start();
        if (!end.Join(DisposeLimit))
        {
            LogSlowEnd(_logger, TransactionalId, (long)DisposeLimit.TotalMilliseconds);
        }
    }

    private static Headers? HeadersOf(IReadOnlyList<KafkaHeader>? headers)
    {
        if (headers is null || headers.Count == 0)
        {
            return null;
        }

        var result = new Headers();
        for (var i = 0; i < headers.Count; i++)
        {
            result.Add(headers[i].Key, headers[i].Value);
        }

        return result;
    }

    private TransactionResult Call(Action call)
    {
        try
        {
            call();
            return TransactionResult.Done;
        }
        catch (KafkaException failed)
        {
            var fault = Judge(failed.Error);
            LogFailed(_logger, TransactionalId, fault.Kind, fault.Code, fault.Reason);
            return TransactionResult.Of(fault);
        }
    }

    /// <summary>An error that only says "fatal" is judged by the cause that the client reported before it.</summary>
    private KafkaFault Judge(Error error)
    {
        var fault = KafkaFault.OfTransaction(error);
        return fault.Kind != KafkaFaultKind.Fenced && error.IsFatal && _fatal is { } cause ? cause : fault;
    }

    private void Heard(Error error)
    {
        if (error.IsFatal)
        {
            _fatal ??= KafkaFault.OfTransaction(error);
        }

        if (error.Code is ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_TimedOut)
        {
            Interlocked.Increment(ref _disconnects);
        }

        LogHeard(_logger, TransactionalId, error.Code, error.Reason);
    }

    private KafkaFaultException ConfigRefused(Exception refused) =>
        new(_options.BootstrapServers, new KafkaFault(KafkaFaultKind.Fatal, "InvalidConfig", refused.Message), refused);

    [LoggerMessage(EventId = 4000, Level = LogLevel.Debug, Message = "Kafka client {Facility}: {Text}")]
    private static partial void LogClient(ILogger logger, string facility, string text);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Information, Message = "Producer {TransactionalId} heard {Code}: {Text}")]
    private static partial void LogHeard(ILogger logger, string transactionalId, ErrorCode code, string text);

    [LoggerMessage(EventId = 4001, Level = LogLevel.Warning,
        Message = "Transaction of {TransactionalId} did not end well: {Kind} {Code}: {Reason}")]
    private static partial void LogFailed(
        ILogger logger, string transactionalId, KafkaFaultKind kind, string code, string reason);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Information,
        Message = "Producer of {TransactionalId} still ends in the background after {LimitMs} ms")]
    private static partial void LogSlowEnd(ILogger logger, string transactionalId, long limitMs);
}
