namespace Lockstep.Failover.Simulation.Bus;

/// <summary>What a broker answers.</summary>
internal enum BrokerError
{
    None,

    /// <summary>CONCURRENT_TRANSACTIONS: between prepare and complete; ask again.</summary>
    Concurrent,

    /// <summary>PRODUCER_FENCED or INVALID_PRODUCER_EPOCH.</summary>
    Fenced,

    /// <summary>INVALID_TXN_STATE.</summary>
    InvalidState,
}

/// <summary>An answer that may get lost.</summary>
internal sealed record BrokerAnswer(BrokerError Error, long Producer = -1, short Epoch = -1);

/// <summary>What the coordinator is doing.</summary>
internal enum CoordinatorState
{
    Empty,
    Ongoing,
    PrepareCommit,
    PrepareAbort,
    CompleteCommit,
    CompleteAbort,
}

/// <summary>
/// The coordinator of one transactional id, as brokers 3.6 and newer treat clients of the first transaction protocol: the epoch
/// grows with InitProducerId only, so an EndTxn that was delayed ends whatever transaction of the same epoch is open then
/// (KAFKA-17754). An end is decided when it is prepared; markers reach each partition later.
/// </summary>
internal sealed class TransactionCoordinator(Schedule schedule, SimulatedBrokers brokers, string id, long producer)
{
    private readonly HashSet<string> _topics = new(StringComparer.Ordinal);
    private short _epoch = -1;
    private long _transaction;
    private int _markersLeft;

    public CoordinatorState State { get; private set; }

    public bool IsOpenFor(string topic, short epoch) =>
        State == CoordinatorState.Ongoing && _epoch == epoch && _topics.Contains(topic);

    public BrokerAnswer InitProducerId()
    {
        if (brokers.Missing == Guard.Fence)
        {
            _epoch = Math.Max(_epoch, (short)0);
            return new BrokerAnswer(BrokerError.None, producer, _epoch);
        }

        switch (State)
        {
            case CoordinatorState.Ongoing:
                // Nothing of the old epoch is accepted from here on; its transaction is aborted under the next one.
                _epoch++;
                Prepare(commit: false);
                return new BrokerAnswer(BrokerError.Concurrent);
            case CoordinatorState.PrepareCommit or CoordinatorState.PrepareAbort:
                return new BrokerAnswer(BrokerError.Concurrent);
            default:
                _epoch++;
                State = CoordinatorState.Empty;
                Say($"InitProducerId: epoch {_epoch}");
                return new BrokerAnswer(BrokerError.None, producer, _epoch);
        }
    }

    /// <summary>Whether a transaction is open or ending; changes nothing.</summary>
    public BrokerAnswer Describe() => new(State switch
    {
        CoordinatorState.Ongoing => BrokerError.InvalidState,
        CoordinatorState.PrepareCommit or CoordinatorState.PrepareAbort => BrokerError.Concurrent,
        _ => BrokerError.None,
    });

    public BrokerAnswer AddPartitions(short epoch, IReadOnlyList<string> topics)
    {
        if (epoch != _epoch)
        {
            return new BrokerAnswer(BrokerError.Fenced);
        }

        if (State is CoordinatorState.PrepareCommit or CoordinatorState.PrepareAbort)
        {
            return new BrokerAnswer(BrokerError.Concurrent);
        }

        if (State != CoordinatorState.Ongoing)
        {
            State = CoordinatorState.Ongoing;
            _topics.Clear();
            var number = ++_transaction;
            schedule.After(brokers.TransactionTimeout, () => TimeOut(number));
        }

        _topics.UnionWith(topics);
        return new BrokerAnswer(BrokerError.None);
    }

    public BrokerAnswer EndTxn(short epoch, bool commit)
    {
        if (epoch != _epoch)
        {
            Say($"EndTxn of epoch {epoch}: fenced, the epoch is {_epoch}");
            return new BrokerAnswer(BrokerError.Fenced);
        }

        switch (State)
        {
            case CoordinatorState.Ongoing:
                Prepare(commit);
                return new BrokerAnswer(BrokerError.None);
            case CoordinatorState.PrepareCommit when commit:
            case CoordinatorState.PrepareAbort when !commit:
                return new BrokerAnswer(BrokerError.Concurrent);
            case CoordinatorState.CompleteCommit when commit:
            case CoordinatorState.CompleteAbort when !commit:
                return new BrokerAnswer(BrokerError.None);
            default:
                return new BrokerAnswer(BrokerError.InvalidState);
        }
    }

    private void TimeOut(long number)
    {
        if (State == CoordinatorState.Ongoing && _transaction == number)
        {
            Say("transaction timed out");
            _epoch++;
            Prepare(commit: false);
        }
    }

    private void Prepare(bool commit)
    {
        State = commit ? CoordinatorState.PrepareCommit : CoordinatorState.PrepareAbort;
        Say($"{State}: {string.Join(' ', _topics)}");
        brokers.Decide(producer, _topics, commit);
        _markersLeft = _topics.Count;
        var epoch = _epoch;
        foreach (var topic in _topics.Order(StringComparer.Ordinal).ToArray())
        {
            WriteMarker(topic, epoch, commit);
        }
    }

    private void WriteMarker(string topic, short epoch, bool commit) => schedule.After(brokers.MarkerDelay(), () =>
    {
        if (!brokers.IsUp)
        {
            WriteMarker(topic, epoch, commit);
            return;
        }

        brokers[topic].Mark(producer, epoch, commit);
        if (--_markersLeft == 0)
        {
            State = commit ? CoordinatorState.CompleteCommit : CoordinatorState.CompleteAbort;
        }
    });

    private void Say(string what)
    {
        if (schedule.Trace.IsOn)
        {
            schedule.Trace.Say(schedule.Now, "kafka", $"{id}: {what}");
        }
    }
}
