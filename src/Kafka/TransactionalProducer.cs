using Lockstep.Kafka.Protocol;
using Lockstep.Kafka.Writing;
using Microsoft.Extensions.Logging;

namespace Lockstep.Kafka;

/// <summary>
/// The transactional, idempotent producer of one failover group. Owned by one thread: every call but <see cref="Interrupt"/> comes
/// from it, one at a time.
/// <code>
/// new -> WarmUp -> Take | InitTransactions -> (Begin -> Send* -> Commit | Abort)* -> Dispose
/// </code>
/// After a result that is not <see cref="TransactionOutcome.Done"/> the only sensible call is <see cref="Dispose"/>. Each transaction has
/// an epoch of its own, so that nothing of one that arrives late ends, or becomes part of, another (docs/adr/0012); only with a security
/// that librdkafka alone speaks do transactions share one.
/// </summary>
public sealed class TransactionalProducer : IDisposable
{
    private readonly IRecordSink _sink;
    private bool _disposed;

    /// <summary>Connects to nothing yet.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="transactionalId">The id that only one producer may hold: <c>&lt;prefix&gt;.&lt;group&gt;</c>.</param>
    /// <param name="time">For the timestamps of records.</param>
    /// <param name="logger">Told of transactions that did not end well.</param>
    /// <exception cref="KafkaFaultException">A property is refused.</exception>
    public TransactionalProducer(KafkaBusOptions options, string transactionalId, TimeProvider time, ILogger logger)
        : this(transactionalId, SinkFor(options, transactionalId, time, logger))
    {
    }

    internal TransactionalProducer(string transactionalId, IRecordSink sink)
    {
        TransactionalId = transactionalId;
        _sink = sink;
    }

    /// <summary>The id given at the start.</summary>
    public string TransactionalId { get; }

    /// <summary>
    /// Connects to the coordinator and to the leaders of the topics, so that the first commit finds open connections; asked again, it
    /// makes new ones for those that were closed. Harmless while another producer is active. Done by a standby, long before it is needed.
    /// </summary>
    /// <param name="topics">The topics that will be written to; they must exist.</param>
    /// <param name="timeout">Longest time to wait for the brokers.</param>
    /// <exception cref="KafkaFaultException">The brokers can't be reached, or a topic is missing.</exception>
    public void WarmUp(IReadOnlyCollection<string> topics, TimeSpan timeout) => _sink.WarmUp(topics, timeout);

    /// <summary>Takes the transactional id: fences whoever held it and settles its open transaction.</summary>
    /// <param name="timeout">Longest time to wait.</param>
    public TransactionResult InitTransactions(TimeSpan timeout) => _sink.InitTransactions(timeout);

    /// <summary>
    /// Takes the transactional id over from a fence, which has given an identity to write with. (librdkafka takes none: there this fences
    /// once more, in 5 to 7 ms.)
    /// </summary>
    /// <param name="fenced">What the fence has given.</param>
    /// <param name="timeout">Longest time to wait.</param>
    public TransactionResult Take(FenceResult.Fenced fenced, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(fenced);
        return _sink.Take(fenced, timeout);
    }

    /// <summary>Opens a transaction.</summary>
    public TransactionResult Begin() => _sink.Begin();

    /// <summary>
    /// Puts one record for partition 0 into the open transaction. Returns at once; whether it arrived is part of what
    /// <see cref="Commit"/> says.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="value">Its value. Null is a tombstone.</param>
    /// <param name="key">Its key, or null.</param>
    /// <param name="headers">Its headers, in this order, or null.</param>
    public void Send(string topic, byte[]? value, byte[]? key = null, IReadOnlyList<KafkaHeader>? headers = null) =>
        _sink.Send(topic, value, key, headers);

    /// <summary>As <see cref="Send(string,byte[],byte[],IReadOnlyList{KafkaHeader})"/>, with one header and without a key; the bytes are copied.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="value">Its value.</param>
    /// <param name="headerName">Name of its header.</param>
    /// <param name="header">The header's bytes.</param>
    public void Send(string topic, ReadOnlySpan<byte> value, string headerName, ReadOnlySpan<byte> header) =>
        _sink.Send(topic, value, headerName, header);

    /// <summary>
    /// Commits the open transaction: sends what was not sent, waits until every replica has it, ends the transaction. A record that
    /// could not be sent makes this return its fault without committing. When it returns, the commit is decided, but its
    /// markers may still be on their way: the last stable offset follows within some ms.
    /// </summary>
    /// <param name="timeout">Longest time to wait; past it the end is unclear.</param>
    public TransactionResult Commit(TimeSpan timeout) => _sink.Commit(timeout);

    /// <summary>Aborts the open transaction. Only for a transaction whose commit was never asked for.</summary>
    /// <param name="timeout">Longest time to wait.</param>
    public TransactionResult Abort(TimeSpan timeout) => _sink.Abort(timeout);

    /// <summary>To be called after a commit, when there is nothing better to do: makes the next transaction's begin shorter.</summary>
    public void Prepare() => _sink.Prepare();

    /// <summary>
    /// Sends what the open transaction has so far, if any. To be called a few times a second by an owner that has nothing to send.
    /// </summary>
    public void Poll() => _sink.Poll();

    /// <summary>From any thread: what is being tried again is given up, and its end is unclear.</summary>
    public void Interrupt() => _sink.Interrupt();

    /// <summary>Closes the connections without waiting. Does not abort: the next fence does.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _sink.Dispose();
        }
    }

    private static IRecordSink SinkFor(KafkaBusOptions options, string transactionalId, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        return ProtocolSupport.WhyUnsupported(options) is null
            ? new DirectSink(options, transactionalId, time, logger)
            : new ClientSink(options, transactionalId, logger);
    }
}
