namespace Lockstep.Failover.Simulation.Bus;

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
/// The coordinator of one transactional id. With transactions v2 the decision to end a transaction raises the epoch, and the answer
/// carries the next one; with v1 only InitProducerId raises it. An end is decided when it is prepared; markers reach each partition
/// later. Epochs are used up as in Kafka: then there is a new producer id, whose epoch is 0.
/// </summary>
internal sealed class TransactionCoordinator(Schedule schedule, SimulatedBrokers brokers, string id)
{
    private readonly HashSet<string> _topics = new(StringComparer.Ordinal);
    private ProducerIdentity _holder = new(brokers.NextProducerId(), -1);
    private ProducerIdentity? _before;
    private ProducerIdentity? _afterwards;
    private long _transaction;
    private int _markersLeft;

    public CoordinatorState State { get; private set; }

    private bool IsEnding => State is CoordinatorState.PrepareCommit or CoordinatorState.PrepareAbort;

    /// <summary>
    /// Without an identity: a takeover, which fences whoever holds the id. With one: its holder wants the next epoch. Asked again with
    /// the epoch before, it gets the same one; after anybody else's takeover it is refused.
    /// </summary>
    public BrokerAnswer InitProducerId(ProducerIdentity? asks = null)
    {
        if (asks is null && brokers.Missing == Guard.Fence)
        {
            _holder = _holder with { Epoch = Math.Max(_holder.Epoch, (short)0) };
            return new BrokerAnswer(BrokerError.None, _holder);
        }

        if (asks is { } other && other.Id != _holder.Id && other != _before)
        {
            return new BrokerAnswer(BrokerError.Fenced);
        }

        if (State == CoordinatorState.Ongoing)
        {
            // Kafka does not look at the epoch here: a late copy of its holder's own request fences it too.
            Fence();
            return new BrokerAnswer(BrokerError.Concurrent);
        }

        if (IsEnding)
        {
            return new BrokerAnswer(BrokerError.Concurrent);
        }

        if (asks is null || asks == _holder)
        {
            (_before, _holder) = (asks, Next());
            Say($"InitProducerId{(asks is null ? "" : " by its holder")}: {_holder}");
        }
        else if (asks != _before)
        {
            return new BrokerAnswer(BrokerError.Fenced);
        }

        State = CoordinatorState.Empty;
        return new BrokerAnswer(BrokerError.None, _holder);
    }

    /// <summary>Opens a transaction, or adds to it. With v2 the partitions' leaders ask for it when the first record arrives.</summary>
    public BrokerAnswer AddPartitions(ProducerIdentity holder, IReadOnlyList<string> topics)
    {
        if (IsEnding && (holder == _holder || holder == _afterwards))
        {
            return new BrokerAnswer(BrokerError.Concurrent);
        }

        if (holder != _holder)
        {
            return new BrokerAnswer(BrokerError.Fenced);
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

    /// <summary>What a partition's leader asks with v1 before it appends (KIP-890).</summary>
    public BrokerAnswer Verify(ProducerIdentity holder, string topic) => new(
        holder != _holder ? BrokerError.Fenced
        : State == CoordinatorState.Ongoing && _topics.Contains(topic) ? BrokerError.None
        : BrokerError.InvalidState);

    /// <summary>Ends the open transaction. Asked again for the one that was ended last, it answers the same.</summary>
    public BrokerAnswer EndTxn(ProducerIdentity holder, bool commit)
    {
        var isRepeat = brokers.RaisesAtEnd && State is not (CoordinatorState.Ongoing or CoordinatorState.Empty)
            && (holder == _before || (holder.Id == _holder.Id && holder.Epoch + 1 == _holder.Epoch));
        if (!isRepeat && (holder != _holder || (IsEnding && brokers.RaisesAtEnd)))
        {
            Say($"EndTxn by {holder} refused: {(State == CoordinatorState.Ongoing ? "a transaction is open by" : "the holder is")} {_holder}");
            return new BrokerAnswer(BrokerError.Fenced);
        }

        switch (State)
        {
            case CoordinatorState.Ongoing:
                if (brokers.RaisesAtEnd)
                {
                    Raise(holder);
                }

                Prepare(commit);
                return Ended();
            case CoordinatorState.PrepareCommit when commit:
            case CoordinatorState.PrepareAbort when !commit:
                return new BrokerAnswer(BrokerError.Concurrent);
            case CoordinatorState.CompleteCommit when commit && isRepeat == brokers.RaisesAtEnd:
            case CoordinatorState.CompleteAbort when !commit && isRepeat == brokers.RaisesAtEnd:
                return Ended();
            default:
                return new BrokerAnswer(BrokerError.InvalidState);
        }
    }

    private BrokerAnswer Ended() => new(BrokerError.None, _afterwards ?? _holder);

    /// <summary>The epoch after the one of the transaction that ends. One that was the last is followed by a new producer id's.</summary>
    private void Raise(ProducerIdentity holder)
    {
        _afterwards = IsUsedUp ? Next() : null;
        (_before, _holder) = (holder, holder with { Epoch = (short)(holder.Epoch + 1) });
    }

    private bool IsUsedUp => _holder.Epoch >= brokers.LastEpoch;

    private ProducerIdentity Next() => IsUsedUp
        ? new ProducerIdentity(brokers.NextProducerId(), 0)
        : _holder with { Epoch = (short)(_holder.Epoch + 1) };

    /// <summary>Nothing of the old epoch is accepted from here on; its transaction is aborted under the next one.</summary>
    private void Fence()
    {
        (_before, _holder) = (null, _holder with { Epoch = (short)(_holder.Epoch + 1) });
        Prepare(commit: false);
    }

    private void TimeOut(long number)
    {
        if (State == CoordinatorState.Ongoing && _transaction == number)
        {
            Say("transaction timed out");
            Fence();
        }
    }

    private void Prepare(bool commit)
    {
        State = commit ? CoordinatorState.PrepareCommit : CoordinatorState.PrepareAbort;
        Say($"{State} by {_holder}: {string.Join(' ', _topics)}");
        brokers.Decide(_holder.Id, _topics, commit);
        _markersLeft = _topics.Count;
        foreach (var topic in _topics.Order(StringComparer.Ordinal).ToArray())
        {
            WriteMarker(topic, _holder, commit);
        }
    }

    private void WriteMarker(string topic, ProducerIdentity holder, bool commit) => schedule.After(brokers.MarkerDelay(), () =>
    {
        if (!brokers.IsUp)
        {
            WriteMarker(topic, holder, commit);
            return;
        }

        brokers[topic].Mark(holder, commit);
        if (--_markersLeft == 0)
        {
            State = commit ? CoordinatorState.CompleteCommit : CoordinatorState.CompleteAbort;
            (_holder, _afterwards) = (_afterwards ?? _holder, null);
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
