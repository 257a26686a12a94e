namespace Lockstep.Failover.Simulation.Bus;

/// <summary>
/// A transactional client: repeats what was not answered, waits out CONCURRENT_TRANSACTIONS, and says how a call ended. What it
/// has sent may arrive after it was thrown away.
/// </summary>
internal sealed class SimulatedProducer(Process owner, Link link, SimulatedBrokers brokers, string id)
{
    private const long AnswerLimit = 60 * Schedule.Millisecond;
    private long _producer = -1;
    private short _epoch = -1;
    private int _batch;
    private bool _thrownAway;

    /// <summary>Takes the transactional id. Null: no clear end in time.</summary>
    public async Task<BrokerError?> InitAsync(long timeout)
    {
        var answer = await CallAsync(() => brokers.Coordinator(id).InitProducerId(), timeout);
        if (answer is { Error: BrokerError.None })
        {
            (_producer, _epoch, _batch) = (answer.Producer, answer.Epoch, 0);
        }

        return answer?.Error;
    }

    /// <summary>Sees to it that no transaction is open: fences where one is, and only there. Null: no clear end in time.</summary>
    public async Task<BrokerError?> SettleAsync(long timeout)
    {
        while (true)
        {
            var told = await CallAsync(() => brokers.Coordinator(id).Describe(), timeout);
            if (told is not { Error: BrokerError.InvalidState })
            {
                return told?.Error;
            }

            // One InitProducerId ends what is open; how that goes on is asked again.
            var fenced = await owner.AskAsync(link, () => brokers.IsUp ? brokers.Coordinator(id).InitProducerId() : null!, AnswerLimit);
            if (fenced is not { Error: BrokerError.Concurrent })
            {
                return fenced?.Error;
            }
        }
    }

    /// <summary>
    /// True: a request was not answered since the transaction began and was repeated, as after a connection that broke. The first
    /// one may still arrive, in this transaction or in a later one.
    /// </summary>
    public bool IsDisturbed { get; private set; }

    /// <summary>A transaction begins; only the client's own state.</summary>
    public void Begin() => IsDisturbed = false;

    /// <summary>
    /// One burst: all partitions are added by one request, then all records leave together. They arrive together, or one partition
    /// after the other, the journal last. Null: no clear end.
    /// </summary>
    public async Task<BrokerError?> SendAsync(IReadOnlyList<(string Topic, IReadOnlyList<object> Values)> parts, long timeout)
    {
        var (id1, epoch) = (_producer, _epoch);
        string[] topics = [.. parts.Select(p => p.Topic)];
        var added = await CallAsync(() => brokers.Coordinator(id).AddPartitions(epoch, topics), timeout);
        if (added is not { Error: BrokerError.None })
        {
            return added?.Error;
        }

        if (!link.Weather.SplitsBursts)
        {
            return await AppendAsync(id1, epoch, parts, timeout);
        }

        foreach (var part in parts)
        {
            var error = await AppendAsync(id1, epoch, [part], timeout);
            if (error != BrokerError.None)
            {
                return error;
            }
        }

        return BrokerError.None;
    }

    /// <summary>Ends the transaction. Null: no clear end.</summary>
    public async Task<BrokerError?> EndAsync(bool commit, long timeout)
    {
        var epoch = _epoch;
        var answer = await CallAsync(() => brokers.Coordinator(id).EndTxn(epoch, commit), timeout, strays: true);
        return answer?.Error;
    }

    public void ThrowAway() => _thrownAway = true;

    private async Task<BrokerError?> AppendAsync(
        long producer, short epoch, IReadOnlyList<(string Topic, IReadOnlyList<object> Values)> parts, long timeout)
    {
        var batch = ++_batch;
        return (await CallAsync(() => Append(producer, epoch, batch, parts), timeout))?.Error;
    }

    private BrokerAnswer Append(
        long producer, short epoch, int batch, IReadOnlyList<(string Topic, IReadOnlyList<object> Values)> parts)
    {
        var worst = new BrokerAnswer(BrokerError.None);
        foreach (var (topic, values) in parts)
        {
            var answer = brokers.Produce(id, producer, epoch, batch, topic, values);
            worst = answer.Error == BrokerError.None || worst.Error == BrokerError.Fenced ? worst : answer;
        }

        return worst;
    }

    private async Task<BrokerAnswer?> CallAsync(Func<BrokerAnswer> serve, long timeout, bool strays = false)
    {
        var until = owner.Schedule.Now + timeout;
        while (!_thrownAway && owner.Schedule.Now < until)
        {
            if (strays)
            {
                link.Stray(() => _ = brokers.IsUp ? serve() : null);
            }

            var answer = await owner.AskAsync(link, () => brokers.IsUp ? serve() : null!, AnswerLimit);
            if (answer is { Error: not BrokerError.Concurrent })
            {
                return answer;
            }

            if (answer is null)
            {
                IsDisturbed = true;
            }
            else
            {
                await owner.WaitAsync(owner.Schedule.Between(Schedule.Millisecond, 5 * Schedule.Millisecond));
            }
        }

        return null;
    }
}
