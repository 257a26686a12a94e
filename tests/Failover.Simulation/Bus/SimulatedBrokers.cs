namespace Lockstep.Failover.Simulation.Bus;

/// <summary>
/// The Kafka cluster: partitions and coordinators. What arrives here is carried out at once; delay, loss and repetition are the
/// <see cref="Link"/>'s. A cluster that is down answers nobody and keeps everything.
/// </summary>
internal sealed class SimulatedBrokers(Schedule schedule)
{
    private readonly Dictionary<string, PartitionLog> _logs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TransactionCoordinator> _coordinators = new(StringComparer.Ordinal);

    private long _producers;

    public Guard Missing { get; init; }

    /// <summary>True: transactions v2. False: v1, whose producers ask for each epoch.</summary>
    public bool TransactionsV2 { get; init; }

    /// <summary>The last epoch of a producer id.</summary>
    public short LastEpoch { get; init; } = short.MaxValue - 1;

    /// <summary>True: the decision to end a transaction raises the epoch.</summary>
    public bool RaisesAtEnd => TransactionsV2 && Missing != Guard.EpochPerTransaction;

    /// <summary>True: a producer has to ask for the epoch of its next transaction.</summary>
    public bool HasToRenew => !TransactionsV2 && Missing != Guard.EpochPerTransaction;

    /// <summary>Longest time that a marker takes.</summary>
    public long MarkerMax { get; set; } = 2 * Schedule.Millisecond;

    public long TransactionTimeout { get; init; } = 2 * Schedule.Second;

    public bool IsUp { get; set; } = true;

    /// <summary>Told when the end of a transaction is decided, with its records a topic: the order of these is the truth.</summary>
    public event Action<bool, IReadOnlyList<(string Topic, IReadOnlyList<object> Values)>>? Decided;

    public PartitionLog this[string topic]
    {
        get
        {
            if (!_logs.TryGetValue(topic, out var log))
            {
                _logs.Add(topic, log = new PartitionLog(topic));
            }

            return log;
        }
    }

    public TransactionCoordinator Coordinator(string id)
    {
        if (!_coordinators.TryGetValue(id, out var coordinator))
        {
            _coordinators.Add(id, coordinator = new TransactionCoordinator(schedule, this, id));
        }

        return coordinator;
    }

    /// <summary>Told when records were appended.</summary>
    public event Action<string, ProducerIdentity>? Appended;

    /// <summary>
    /// Appends to a partition. One that has no open transaction of the producer's epoch asks the coordinator first: with v1 whether it is
    /// in the transaction, with v2 to add it.
    /// </summary>
    public BrokerAnswer Produce(string id, ProducerIdentity holder, int batch, string topic, IReadOnlyList<object> values)
    {
        var log = this[topic];
        if (holder.Epoch < log.EpochOf(holder.Id))
        {
            return new BrokerAnswer(BrokerError.Fenced);
        }

        if (log.Has(holder, batch))
        {
            return new BrokerAnswer(BrokerError.None);
        }

        if (log.OpenPart(holder.Id)?.Epoch != holder.Epoch)
        {
            var asked = RaisesAtEnd ? Coordinator(id).AddPartitions(holder, [topic]) : Coordinator(id).Verify(holder, topic);
            if (asked.Error != BrokerError.None)
            {
                return asked;
            }
        }

        log.Append(holder, batch, values);
        Appended?.Invoke(topic, holder);
        return new BrokerAnswer(BrokerError.None);
    }

    public long NextProducerId() => ++_producers;

    public long MarkerDelay() => schedule.Between(100, MarkerMax);

    internal void Decide(long producer, IEnumerable<string> topics, bool commit) => Decided?.Invoke(
        commit,
        [.. topics.Order(StringComparer.Ordinal).Select(t => (t, (IReadOnlyList<object>)(this[t].OpenPart(producer)?.Values ?? [])))]);
}
