namespace Lockstep.Failover.Simulation.Bus;

/// <summary>
/// The Kafka cluster: partitions and coordinators. What arrives here is carried out at once; delay, loss and repetition are the
/// <see cref="Link"/>'s. A cluster that is down answers nobody and keeps everything.
/// </summary>
internal sealed class SimulatedBrokers(Schedule schedule)
{
    private readonly Dictionary<string, PartitionLog> _logs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TransactionCoordinator> _coordinators = new(StringComparer.Ordinal);

    public Guard Missing { get; init; }

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
            _coordinators.Add(id, coordinator = new TransactionCoordinator(schedule, this, id, _coordinators.Count + 1));
        }

        return coordinator;
    }

    /// <summary>Appends to a partition. One that has no open transaction of the producer asks the coordinator first (KIP-890).</summary>
    public BrokerAnswer Produce(string id, long producer, short epoch, int batch, string topic, IReadOnlyList<object> values)
    {
        var log = this[topic];
        if (epoch < log.EpochOf(producer))
        {
            return new BrokerAnswer(BrokerError.Fenced);
        }

        if (log.Has(producer, epoch, batch))
        {
            return new BrokerAnswer(BrokerError.None);
        }

        if (log.OpenPart(producer) is null && !Coordinator(id).IsOpenFor(topic, epoch))
        {
            return new BrokerAnswer(BrokerError.InvalidState);
        }

        log.Append(producer, epoch, batch, values);
        return new BrokerAnswer(BrokerError.None);
    }

    public long MarkerDelay() => schedule.Between(100, MarkerMax);

    internal void Decide(long producer, IEnumerable<string> topics, bool commit) => Decided?.Invoke(
        commit,
        [.. topics.Order(StringComparer.Ordinal).Select(t => (t, (IReadOnlyList<object>)(this[t].OpenPart(producer)?.Values ?? [])))]);
}
