using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Lockstep.Kafka.Protocol;
using Microsoft.Extensions.Logging;

namespace Lockstep.Kafka;

/// <summary>
/// Takes a transactional id away from whoever holds it, faster than the client can: FindCoordinator and InitProducerId over
/// a connection of its own, repeated every few ms until the coordinator has ended the open transaction; librdkafka sleeps
/// 500 ms on each CONCURRENT_TRANSACTIONS. Calls may come from any thread; they queue.
/// </summary>
public sealed partial class TransactionFence : IAsyncDisposable
{
    /// <summary>Wait between two InitProducerId while the coordinator still ends the old transaction.</summary>
    public static readonly TimeSpan RetryWait = TimeSpan.FromMilliseconds(3);

    /// <summary>Longest time for one connect or one answer; past it another broker is tried.</summary>
    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan FirstNudge = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan SecondNudge = TimeSpan.FromMilliseconds(4);

    private readonly KafkaBusOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _one = new(1, 1);
    private ProtocolConnection? _coordinator;
    private string? _coordinated;
    private (string Host, int Port) _address;
    private CancellationTokenSource? _warming;
    private int _nextServer;

    /// <summary>Does not connect yet.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="time">For the waits between attempts.</param>
    /// <param name="logger">Told of each fence.</param>
    public TransactionFence(KafkaBusOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>
    /// Finds the coordinator and connects to it, changing nothing, so that a later fence costs two round trips less; asked again,
    /// it finds out whether the coordinator has moved or the connection was closed. Done by a standby; a fence interrupts it.
    /// False: not now, or not supported; fencing says why.
    /// </summary>
    /// <param name="transactionalId">The id to be fenced one day.</param>
    /// <param name="timeout">Longest time to try.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<bool> WarmUpAsync(string transactionalId, TimeSpan timeout, CancellationToken cancellation)
    {
        using var warming = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Interlocked.Exchange(ref _warming, warming);
        try
        {
            return await RunAsync(transactionalId, timeout, connectOnly: true, warming.Token).ConfigureAwait(false)
                is FenceResult.Fenced;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            Interlocked.CompareExchange(ref _warming, null, warming);
        }
    }

    /// <summary>Fences the id: see <see cref="FenceResult"/>. Never throws for what the cluster does.</summary>
    /// <param name="transactionalId">The id.</param>
    /// <param name="timeout">Longest time to try.</param>
    /// <param name="cancellation">Gives up, with an <see cref="OperationCanceledException"/>.</param>
    public async Task<FenceResult> FenceAsync(string transactionalId, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            Interlocked.Exchange(ref _warming, null)?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }

        var result = await RunAsync(transactionalId, timeout, connectOnly: false, cancellation).ConfigureAwait(false);
        switch (result)
        {
            case FenceResult.Fenced fenced:
                LogFenced(_logger, transactionalId, fenced.ProducerId, fenced.Epoch, fenced.Took.TotalMilliseconds, fenced.Attempts);
                break;
            case FenceResult.Unsupported unsupported:
                LogUnsupported(_logger, transactionalId, unsupported.Reason);
                break;
            case FenceResult.Failed failed:
                LogFailed(_logger, transactionalId, failed.Fault.Kind, failed.Fault.Code, failed.Fault.Reason);
                break;
        }

        return result;
    }

    /// <summary>
    /// Sends a request of a few bytes to the coordinator of the id last fenced or warmed up; see
    /// <see cref="NudgeAfterCommitAsync"/>. Does nothing when not connected; a broken connection is dropped and told at
    /// debug level only, since the next fence makes another.
    /// </summary>
    /// <param name="cancellation">Gives up.</param>
    public async Task NudgeAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_coordinator is { } connection)
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                limit.CancelAfter(AnswerLimit);
                await BrokerRequests.NudgeAsync(connection, limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception broken) when (Bootstrap.IsNetwork(broken, cancellation) || broken is ProtocolException)
        {
            LogDropped(_logger, broken.Message);
            await DropAsync().ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>
    /// Nudges 2 and 6 ms after now. On three brokers the next transaction otherwise meets CONCURRENT_TRANSACTIONS, since the
    /// coordinator sleeps over the markers of the last one: commits of 30 ms instead of 8 (docs/adr/0007). Start it when a
    /// commit has ended and await it before the next one starts, or skip it when the next one starts sooner.
    /// </summary>
    /// <param name="cancellation">Gives up.</param>
    public async Task NudgeAfterCommitAsync(CancellationToken cancellation)
    {
        await Task.Delay(FirstNudge, _time, cancellation).ConfigureAwait(false);
        await NudgeAsync(cancellation).ConfigureAwait(false);
        await Task.Delay(SecondNudge, _time, cancellation).ConfigureAwait(false);
        await NudgeAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _one.WaitAsync().ConfigureAwait(false);
        await DropAsync().ConfigureAwait(false);
        _one.Dispose();
    }

    private async Task<FenceResult> RunAsync(
        string transactionalId, TimeSpan timeout, bool connectOnly, CancellationToken cancellation)
    {
        if (ProtocolSupport.WhyUnsupported(_options) is { } reason)
        {
            return new FenceResult.Unsupported(reason);
        }

        await _one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var started = Stopwatch.GetTimestamp();
            var fault = new KafkaFault(KafkaFaultKind.Retry, "Local_TimedOut", "No attempt was made.");
            for (var attempt = 1; attempt == 1 || Stopwatch.GetElapsedTime(started) < timeout; attempt++)
            {
                var left = timeout - Stopwatch.GetElapsedTime(started);
                var step = await AttemptAsync(transactionalId, attempt, connectOnly, left, cancellation).ConfigureAwait(false);
                if (step is FenceResult.Fenced fenced)
                {
                    return fenced with { Took = Stopwatch.GetElapsedTime(started) };
                }

                if (step is not FenceResult.Failed { Fault: { Kind: KafkaFaultKind.Retry } passing })
                {
                    return step;
                }

                fault = passing;
                await Task.Delay(RetryWait, _time, cancellation).ConfigureAwait(false);
            }

            return new FenceResult.Failed(fault);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<FenceResult> AttemptAsync(
        string transactionalId, int attempt, bool connectOnly, TimeSpan left, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(left < AnswerLimit ? (left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1)) : AnswerLimit);
        try
        {
            if (await ConnectAsync(transactionalId, limit.Token).ConfigureAwait(false) is { } notFound)
            {
                return notFound;
            }

            if (connectOnly)
            {
                return await CheckAsync(transactionalId, attempt, limit.Token).ConfigureAwait(false);
            }

            var (error, id, epoch) = await BrokerRequests.InitProducerIdAsync(
                _coordinator!, transactionalId, _options.TransactionTimeout, limit.Token).ConfigureAwait(false);
            if (error == 0)
            {
                return new FenceResult.Fenced(id, epoch, attempt, default);
            }

            if ((ErrorCode)error is ErrorCode.NotCoordinatorForGroup or ErrorCode.GroupCoordinatorNotAvailable)
            {
                await DropAsync().ConfigureAwait(false);
            }

            return Judge((ErrorCode)error, "InitProducerId");
        }
        catch (Exception away) when (Bootstrap.IsNetwork(away, cancellation))
        {
            await DropAsync().ConfigureAwait(false);
            return new FenceResult.Failed(KafkaFault.OfNetwork(away));
        }
        catch (Exception refused) when (refused is ProtocolException || Bootstrap.IsSecurity(refused))
        {
            await DropAsync().ConfigureAwait(false);
            return refused is ProtocolException { IsUnsupported: false }
                ? new FenceResult.Failed(new KafkaFault(KafkaFaultKind.Retry, "Local_BadMsg", refused.Message))
                : new FenceResult.Unsupported(refused.Message);
        }
    }

    /// <summary>Asks over the open connection whether it still leads to the coordinator.</summary>
    private async Task<FenceResult> CheckAsync(string transactionalId, int attempt, CancellationToken cancellation)
    {
        var (error, host, port) = await BrokerRequests.FindCoordinatorAsync(
            _coordinator!, transactionalId, cancellation).ConfigureAwait(false);
        if (error == 0 && _address == (host, port))
        {
            return new FenceResult.Fenced(-1, -1, attempt, default);
        }

        await DropAsync().ConfigureAwait(false);
        return Judge(error == 0 ? ErrorCode.NotCoordinatorForGroup : (ErrorCode)error, "FindCoordinator");
    }

    /// <summary>Null: <see cref="_coordinator"/> is connected to the id's coordinator.</summary>
    private async Task<FenceResult?> ConnectAsync(string transactionalId, CancellationToken cancellation)
    {
        if (_coordinator is not null && string.Equals(_coordinated, transactionalId, StringComparison.Ordinal))
        {
            return null;
        }

        await DropAsync().ConfigureAwait(false);
        var any = await Bootstrap.OpenAnyAsync(_options, _nextServer, AnswerLimit / 4, cancellation).ConfigureAwait(false);
        await using (any.ConfigureAwait(false))
        {
            var (error, host, port) = await BrokerRequests.FindCoordinatorAsync(
                any, transactionalId, cancellation).ConfigureAwait(false);
            if (error != 0)
            {
                _nextServer = (_nextServer + 1) % ushort.MaxValue;
                return Judge((ErrorCode)error, "FindCoordinator");
            }

            _coordinator = await ProtocolConnection.OpenAsync(_options, host, port, cancellation).ConfigureAwait(false);
            _coordinated = transactionalId;
            _address = (host, port);
            return null;
        }
    }

    private async Task DropAsync()
    {
        _nextServer = (_nextServer + 1) % ushort.MaxValue;
        _coordinated = null;
        if (_coordinator is { } connection)
        {
            _coordinator = null;
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static FenceResult Judge(ErrorCode code, string request)
    {
        var kind = KafkaFault.KindOf(code);
        var reason = string.Create(CultureInfo.InvariantCulture, $"{request} answered {code} ({(short)code}).");
        return code == ErrorCode.UnsupportedVersion
            ? new FenceResult.Unsupported(reason)
            : new FenceResult.Failed(new KafkaFault(kind == KafkaFaultKind.Fatal ? kind : KafkaFaultKind.Retry, code.ToString(), reason));
    }

    [LoggerMessage(EventId = 4030, Level = LogLevel.Information, Message =
        "Fenced {TransactionalId}: producer {ProducerId}, epoch {Epoch}, {TookMs:F1} ms, {Attempts} attempts")]
    private static partial void LogFenced(
        ILogger logger, string transactionalId, long producerId, short epoch, double tookMs, int attempts);

    [LoggerMessage(EventId = 4031, Level = LogLevel.Warning, Message =
        "Can't fence {TransactionalId} directly, a takeover will take up to a second longer: {Reason}")]
    private static partial void LogUnsupported(ILogger logger, string transactionalId, string reason);

    [LoggerMessage(EventId = 4032, Level = LogLevel.Warning, Message = "Fencing {TransactionalId} failed: {Kind} {Code}: {Reason}")]
    private static partial void LogFailed(
        ILogger logger, string transactionalId, KafkaFaultKind kind, string code, string reason);

    [LoggerMessage(EventId = 4033, Level = LogLevel.Debug, Message = "The connection to the coordinator broke: {Reason}")]
    private static partial void LogDropped(ILogger logger, string reason);
}
