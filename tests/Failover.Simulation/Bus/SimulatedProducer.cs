namespace Lockstep.Failover.Simulation.Bus;

/// <summary>
/// A transactional client with an epoch for each transaction: repeats what was not answered, waits out CONCURRENT_TRANSACTIONS, and
/// says how a call ended. What it has sent may arrive after it was thrown away.
/// </summary>
internal sealed class SimulatedProducer(Process owner, Link link, SimulatedBrokers brokers, string id)
{
    private const long AnswerLimit = 60 * Schedule.Millisecond;
    private ProducerIdentity? _holder;
    private Task<BrokerError?>? _renewal;
    private int _batch;
    private bool _thrownAway;

    /// <summary>Takes the transactional id: fences whoever holds it, ends what is open. Null: no clear end in time.</summary>
    public async Task<BrokerError?> TakeAsync(long timeout) => Hold(await CallAsync(() => brokers.Coordinator(id).InitProducerId(), timeout));

    /// <summary>
    /// All records of a transaction. Partitions of one leader get theirs by one request; others each by their own, none waiting for
    /// another. Null: no clear end.
    /// </summary>
    public async Task<BrokerError?> SendAsync(IReadOnlyList<(string Topic, IReadOnlyList<object> Values)> parts, long timeout)
    {
        // Nothing leaves before the epoch of this transaction is known.
        if (_renewal is { } renewal && await renewal is var renewed and not BrokerError.None)
        {
            return renewed;
        }

        if (_holder is not { } holder)
        {
            return null;
        }

        if (!brokers.RaisesAtEnd)
        {
            string[] topics = [.. parts.Select(p => p.Topic)];
            var added = await CallAsync(() => brokers.Coordinator(id).AddPartitions(holder, topics), timeout);
            if (added is not { Error: BrokerError.None })
            {
                return added?.Error;
            }
        }

        if (!link.Weather.SeveralLeaders)
        {
            var batch = ++_batch;
            return (await CallAsync(() => Append(holder, batch, parts), timeout))?.Error;
        }

        var ends = await Task.WhenAll(parts.Select(p => SendPartAsync(holder, p.Topic, p.Values, timeout)));
        return ends.Contains(BrokerError.Fenced) ? BrokerError.Fenced : ends.FirstOrDefault(e => e != BrokerError.None, BrokerError.None);
    }

    /// <summary>Ends the transaction. Null: no clear end.</summary>
    public async Task<BrokerError?> EndAsync(bool commit, long timeout)
    {
        if (_holder is not { } holder)
        {
            return null;
        }

        var answer = await CallAsync(() => brokers.Coordinator(id).EndTxn(holder, commit), timeout);
        if (answer is not { Error: BrokerError.None })
        {
            return answer?.Error;
        }

        if (brokers.HasToRenew)
        {
            _renewal = RenewAsync(timeout);
            return BrokerError.None;
        }

        return Hold(answer);
    }

    /// <summary>Asks for the next epoch, as the one that holds the id. Null: no clear end.</summary>
    public async Task<BrokerError?> RenewAsync(long timeout)
    {
        var holder = _holder;
        return Hold(await CallAsync(() => brokers.Coordinator(id).InitProducerId(holder), timeout));
    }

    public void ThrowAway() => _thrownAway = true;

    private BrokerError? Hold(BrokerAnswer? answer)
    {
        if (answer is { Error: BrokerError.None })
        {
            _holder = answer.Holder;
        }

        return answer?.Error;
    }

    /// <summary>One partition's records, in one batch or two; the second leaves when the first is answered.</summary>
    private async Task<BrokerError?> SendPartAsync(ProducerIdentity holder, string topic, IReadOnlyList<object> values, long timeout)
    {
        var first = values.Count > 1 && owner.Schedule.Chance(0.3) ? (int)owner.Schedule.Between(1, values.Count - 1) : values.Count;
        foreach (var part in (IReadOnlyList<object>[])[[.. values.Take(first)], [.. values.Skip(first)]])
        {
            var batch = ++_batch;
            var answer = part.Count == 0
                ? new BrokerAnswer(BrokerError.None)
                : await CallAsync(() => brokers.Produce(id, holder, batch, topic, part), timeout);
            if (answer is not { Error: BrokerError.None })
            {
                return answer?.Error;
            }
        }

        return BrokerError.None;
    }

    private BrokerAnswer Append(ProducerIdentity holder, int batch, IReadOnlyList<(string Topic, IReadOnlyList<object> Values)> parts)
    {
        var worst = new BrokerAnswer(BrokerError.None);
        foreach (var (topic, values) in parts)
        {
            var answer = brokers.Produce(id, holder, batch, topic, values);
            worst = answer.Error == BrokerError.None || worst.Error == BrokerError.Fenced ? worst : answer;
        }

        return worst;
    }

    /// <summary>Any of the requests may arrive a second time, much later.</summary>
    private async Task<BrokerAnswer?> CallAsync(Func<BrokerAnswer> serve, long timeout)
    {
        var until = owner.Schedule.Now + timeout;
        while (!_thrownAway && owner.Schedule.Now < until)
        {
            link.Stray(() => _ = brokers.IsUp ? serve() : null);
            var answer = await owner.AskAsync(link, () => brokers.IsUp ? serve() : null!, AnswerLimit);
            if (answer is { Error: not BrokerError.Concurrent })
            {
                return answer;
            }

            if (answer is not null)
            {
                await owner.WaitAsync(owner.Schedule.Between(Schedule.Millisecond, 5 * Schedule.Millisecond));
            }
        }

        return null;
    }
}
