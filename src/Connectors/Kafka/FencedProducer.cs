using Lockstep.Kafka;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// The right to write under one transactional id: a producer built and connected beforehand, and a fence that ends its predecessor's
/// transaction and gives it its identity. Used by engine groups and by publisher adapter groups.
/// <code>
/// WarmUp (standby) -> Take, or Fence (elected) -> Transact* -> Drop (not elected any more, or an unclear end)
/// </code>
/// One call is outstanding at a time. What a call says comes on a thread of its own; the callback must return at once.
/// </summary>
internal sealed partial class FencedProducer : IAsyncDisposable
{
    /// <summary>How long one fence may take before it counts as failed.</summary>
    public static readonly TimeSpan FenceTimeout = TimeSpan.FromSeconds(2);

    /// <summary>How long the producer may take for its part; where there is no raw fence it sleeps 0.5 to 1 s after a crash.</summary>
    public static readonly TimeSpan InitTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan WarmUpTimeout = TimeSpan.FromSeconds(5);

    private readonly KafkaBusOptions _bus;
    private readonly string _transactionalId;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TransactionFence _fence;
    private readonly Lock _lock = new();
    private ProducerThread? _thread;
    private bool _disposed;

    public FencedProducer(KafkaBusOptions bus, string transactionalId, TimeProvider time, ILoggerFactory loggers)
    {
        _bus = bus;
        _transactionalId = transactionalId;
        _time = time;
        _logger = loggers.CreateLogger<FencedProducer>();
        _fence = new TransactionFence(bus, time, loggers.CreateLogger<TransactionFence>());
    }

    /// <summary>Connects fence and producer, changing nothing; may be repeated. False: not now.</summary>
    /// <param name="topics">What will be written to; empty: the fence alone.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<bool> WarmUpAsync(IReadOnlyCollection<string> topics, CancellationToken cancellation)
    {
        var fence = _fence.WarmUpAsync(_transactionalId, WarmUpTimeout, cancellation);
        if (topics.Count == 0)
        {
            return await fence.ConfigureAwait(false);
        }

        var warm = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread().Post(producer =>
        {
            try
            {
                producer.WarmUp(topics, WarmUpTimeout);
                warm.TrySetResult(true);
            }
            catch (KafkaFaultException away)
            {
                LogNotWarm(_logger, _transactionalId, away.Message);
                warm.TrySetResult(false);
            }
        });
        return await fence.ConfigureAwait(false)
            & await warm.Task.WaitAsync(WarmUpTimeout + WarmUpTimeout, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Fences whoever holds the id, which ends its open transaction, and takes the id. What was committed before is visible to a
    /// <c>ListOffsets</c> asked after this, and nothing of a predecessor's will follow.
    /// </summary>
    /// <param name="fenced">Told when no transaction is open any more; null for nobody.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Done, or why not; any other than done has dropped the producer.</returns>
    public async Task<TransactionResult> TakeAsync(Action? fenced, CancellationToken cancellation)
    {
        var raw = await _fence.FenceAsync(_transactionalId, FenceTimeout, cancellation).ConfigureAwait(false);
        if (raw is FenceResult.Failed failed)
        {
            return new TransactionResult(TransactionOutcome.Unclear, failed.Fault.Code, failed.Fault.Reason);
        }

        fenced?.Invoke();
        var taken = new TaskCompletionSource<TransactionResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = Thread();
        thread.Post(producer =>
        {
            var result = raw is FenceResult.Fenced given ? producer.Take(given, InitTimeout) : producer.InitTransactions(InitTimeout);
            thread.MayWrite = result.IsDone;
            if (!result.IsDone)
            {
                Drop(thread);
            }

            taken.TrySetResult(result);
        });
        try
        {
            return await taken.Task.WaitAsync(InitTimeout + InitTimeout, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Drop();
            return new TransactionResult(TransactionOutcome.Unclear, "Local_TimedOut", "The producer did not take the id in time.");
        }
    }

    /// <summary>
    /// One transaction on the producer's thread: begin, send, commit. The callback comes on that thread; it does not come
    /// after <see cref="Drop()"/>, unless the call was under way. Where the id could not be taken the end is unclear.
    /// </summary>
    /// <param name="send">
    /// Sends all records of the transaction; may wait. A <see cref="KafkaFaultException"/> that it throws makes the end unclear.
    /// </param>
    /// <param name="timeout">Longest time for the commit.</param>
    /// <param name="ended">Told how it ended; must return at once.</param>
    public void Transact(Action<TransactionalProducer> send, TimeSpan timeout, Action<TransactionResult> ended)
    {
        var thread = Thread();
        thread.Post(producer =>
        {
            var result = thread.MayWrite
                ? producer.Begin()
                : new TransactionResult(TransactionOutcome.Unclear, "Local_State", "The transactional id was not taken.");
            if (result.IsDone)
            {
                result = SendAndCommit(producer, send, timeout);
            }

            ended(result);
        });
    }

    /// <summary>As <see cref="Transact"/>, awaited.</summary>
    public Task<TransactionResult> TransactAsync(Action<TransactionalProducer> send, TimeSpan timeout)
    {
        var done = new TaskCompletionSource<TransactionResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        Transact(send, timeout, result => done.TrySetResult(result));
        return done.Task;
    }

    /// <summary>A tiny request to the coordinator: spares a following commit a wait on a quiet cluster of several brokers.</summary>
    public Task NudgeAsync(CancellationToken cancellation) => _fence.NudgeAsync(cancellation);

    /// <summary>Throws the producer away without waiting, whatever it is doing. The next call makes another.</summary>
    public void Drop()
    {
        lock (_lock)
        {
            _thread?.Abandon();
            _thread = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        Drop();
        await _fence.DisposeAsync().ConfigureAwait(false);
    }

    private static TransactionResult SendAndCommit(TransactionalProducer producer, Action<TransactionalProducer> send, TimeSpan timeout)
    {
        try
        {
            send(producer);
        }
        catch (KafkaFaultException away)
        {
            // Nothing is committed; the next fence aborts what was sent.
            return new TransactionResult(TransactionOutcome.Unclear, away.Fault.Code, away.Message);
        }

        return producer.Commit(timeout);
    }

    private void Drop(ProducerThread thread)
    {
        lock (_lock)
        {
            thread.Abandon();
            _thread = _thread == thread ? null : _thread;
        }
    }

    private ProducerThread Thread()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _thread ??= new ProducerThread(new TransactionalProducer(_bus, _transactionalId, _time, _logger));
        }
    }

    [LoggerMessage(EventId = 5110, Level = LogLevel.Information, Message = "Producer of {TransactionalId} is not connected yet: {Reason}")]
    private static partial void LogNotWarm(ILogger logger, string transactionalId, string reason);
}
