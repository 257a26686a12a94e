using Confluent.Kafka;
using Lockstep.Kafka.Protocol;

namespace Lockstep.Kafka.Writing;

/// <summary>
/// The connection to a transactional id's coordinator and what is asked over it. What passes by itself is asked again until the
/// deadline, also over another connection: each transaction has an epoch of its own, so what a broken connection still delivers
/// finds its own transaction or is refused. Blocks its thread.
/// </summary>
internal sealed class CoordinatorLink(KafkaBusOptions options, string transactionalId, ManualResetEventSlim interrupted) : IDisposable
{
    private static readonly TimeSpan MarkersWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan AwayWait = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(1);

    private ProtocolConnection? _connection;
    private byte[] _buffer = new byte[1024];
    private int _nextServer;

    /// <summary>True: each end of a transaction raises the epoch, so far as the coordinator last connected to has told.</summary>
    public bool EndsRaiseEpoch { get; private set; }

    /// <summary>Connects, changing nothing.</summary>
    public KafkaFault? WarmUp(Deadline limit)
    {
        if (_connection is { IsClosed: true })
        {
            Drop();
        }

        return Ask("FindCoordinator", limit, static _ => 0);
    }

    /// <summary>Gives a fresh identity, or the one after a given one.</summary>
    public KafkaFault? Init(ref ProducerIdentity identity, Deadline limit)
    {
        var asked = identity;
        var given = identity;
        var fault = Ask("InitProducerId", limit, connection =>
        {
            (var error, given) = WriteRequests.Init(
                connection, transactionalId, (int)options.TransactionTimeout.TotalMilliseconds, asked, ref _buffer);
            return error;
        });
        identity = fault is null ? given : identity;
        return fault;
    }

    /// <summary>Adds topics to the open transaction.</summary>
    public KafkaFault? Add(ProducerIdentity identity, IReadOnlyCollection<string> topics, Deadline limit) => Ask(
        "AddPartitionsToTxn", limit, connection => WriteRequests.Add(connection, transactionalId, identity, topics, ref _buffer));

    /// <summary>Ends the open transaction.</summary>
    /// <param name="identity">Of this transaction; then, where ends raise the epoch, of the next one.</param>
    /// <param name="commit">Or abort.</param>
    /// <param name="raises">True: by the request whose answer has the next epoch.</param>
    /// <param name="limit">Until when it is asked again.</param>
    public KafkaFault? End(ref ProducerIdentity identity, bool commit, bool raises, Deadline limit)
    {
        var asked = identity;
        var next = identity;
        var fault = Ask("EndTxn", limit, connection =>
        {
            (var error, next) = WriteRequests.End(connection, transactionalId, asked, commit, raises, ref _buffer);
            return error;
        });
        identity = fault is null ? next : identity;
        return fault;
    }

    public void Dispose() => Drop();

    private KafkaFault? Ask(string request, Deadline limit, Func<ProtocolConnection, short> ask)
    {
        while (true)
        {
            KafkaFault last;
            var wait = AwayWait;
            try
            {
                var connection = Connect(limit, out var code);
                if (connection is not null)
                {
                    connection.Socket.ReceiveTimeout = connection.Socket.SendTimeout = limit.StepMs(StepLimit);
                    code = (ErrorCode)ask(connection);
                    if (code == ErrorCode.NoError)
                    {
                        return null;
                    }
                }

                last = WriteFaults.Of(code, request);
                if (!WriteFaults.IsPassing(code))
                {
                    return last;
                }

                if (WriteFaults.IsCoordinatorMoved(code))
                {
                    Drop();
                }
                else if (code == ErrorCode.ConcurrentTransactions)
                {
                    wait = MarkersWait;
                }
            }
            catch (Exception broken) when (Bootstrap.IsNetwork(broken, CancellationToken.None))
            {
                Drop();
                last = WriteFaults.Broken(broken);
            }
            catch (Exception refused) when (WriteFaults.Refused(refused) is not null)
            {
                Drop();
                return WriteFaults.Refused(refused)!;
            }

            if (limit.IsOver || interrupted.Wait(wait))
            {
                return WriteFaults.TimedOut(request, last);
            }
        }
    }

    /// <summary>The connection to the coordinator; null: there is none for the reason of <paramref name="error"/>.</summary>
    private ProtocolConnection? Connect(Deadline limit, out ErrorCode error)
    {
        error = ErrorCode.NoError;
        if (_connection is not null)
        {
            return _connection;
        }

        using var time = new CancellationTokenSource(limit.StepMs(StepLimit));
        var (code, host, port) = Wait(FindAsync(time.Token));
        if (code != 0)
        {
            error = (ErrorCode)code;
            return null;
        }

        var connection = Wait(ProtocolConnection.OpenAsync(options, host, port, time.Token));
        try
        {
            EndsRaiseEpoch = WriteRequests.EndsRaiseEpoch(Wait(BrokerRequests.VersionsAsync(connection, time.Token)));
            _connection = connection;
        }
        finally
        {
            if (_connection is null)
            {
                connection.Close();
            }
        }

        return _connection;
    }

    private async Task<(short Error, string Host, int Port)> FindAsync(CancellationToken cancellation)
    {
        _nextServer = (_nextServer + 1) % ushort.MaxValue;
        var any = await Bootstrap.OpenAnyAsync(options, _nextServer, ConnectLimit, cancellation).ConfigureAwait(false);
        await using (any.ConfigureAwait(false))
        {
            return await BrokerRequests.FindCoordinatorAsync(any, transactionalId, cancellation).ConfigureAwait(false);
        }
    }

    private void Drop()
    {
        _connection?.Close();
        _connection = null;
    }

#pragma warning disable VSTHRD002 // The producer's own thread, without a context to lock up with.
    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
}
