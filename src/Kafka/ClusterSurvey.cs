using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Lockstep.Kafka.Protocol;

namespace Lockstep.Kafka;

/// <summary>The oldest record that a topic still has.</summary>
/// <param name="Offset">Its offset.</param>
/// <param name="At">Its timestamp: the producer's own unless the topic says otherwise.</param>
public sealed record OldestRecord(long Offset, DateTimeOffset At);

/// <summary>
/// Reads what bears on how long records stay and how safe they are: settings of brokers, the oldest record and the size of topics.
/// Changes nothing. Thread-safe. Connects when it is first used.
/// </summary>
public sealed class ClusterSurvey : IDisposable
{
    private readonly KafkaBusOptions _options;
    private readonly AdminConnection _admin;

    /// <summary>Does not connect yet.</summary>
    /// <param name="options">Where and how.</param>
    public ClusterSurvey(KafkaBusOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _admin = new AdminConnection(options, _ => { }, _ => { });
    }

    /// <summary>Settings of a broker by name; those without a value are left out.</summary>
    /// <param name="broker">Its id.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="KafkaFaultException">It can't be reached, or does not tell.</exception>
    public async Task<IReadOnlyDictionary<string, string>> BrokerSettingsAsync(int broker, CancellationToken cancellation)
    {
        var name = broker.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return await SettingsAsync(ResourceType.Broker, name, "broker " + name, cancellation).ConfigureAwait(false);
    }

    /// <summary>A topic without its offsets, for one with many partitions; null when it does not exist.</summary>
    /// <param name="topic">Its name.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="KafkaFaultException">The cluster can't be reached, or does not tell.</exception>
    public async Task<TopicDescription?> ShapeAsync(string topic, CancellationToken cancellation)
    {
        if (await _admin.FindTopicAsync(topic, cancellation).ConfigureAwait(false) is not { } found)
        {
            return null;
        }

        return new TopicDescription(
            topic,
            [
                .. found.Partitions.Select(p => new PartitionDescription(
                    p.Partition, p.Leader?.Id ?? -1, [.. p.Replicas.Select(n => n.Id)], [.. p.ISR.Select(n => n.Id)], -1, -1)),
            ],
            await SettingsAsync(ResourceType.Topic, topic, topic, cancellation).ConfigureAwait(false));
    }

    /// <summary>The oldest record of partition 0 of each topic; a topic without any record is left out.</summary>
    /// <param name="topics">The topics; each must exist.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="KafkaFaultException">A leader can't be reached.</exception>
    public async Task<IReadOnlyDictionary<string, OldestRecord>> OldestAsync(
        IReadOnlyCollection<string> topics, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(topics);
        if (topics.Count == 0)
        {
            return new Dictionary<string, OldestRecord>();
        }

        // By timestamp and not by "earliest": only the answer to a timestamp says when the record was written.
        var result = await _admin.RunAsync(
            string.Join(',', topics),
            client => client.ListOffsetsAsync(
                topics.Select(t => new TopicPartitionOffsetSpec
                {
                    TopicPartition = new TopicPartition(t, 0),
                    OffsetSpec = OffsetSpec.ForTimestamp(0),
                }),
                new ListOffsetsOptions { RequestTimeout = _options.RequestTimeout }),
            cancellation).ConfigureAwait(false);
        return result.ResultInfos
            .Where(i => i.TopicPartitionOffsetError.Offset.Value >= 0 && i.Timestamp >= 0)
            .ToDictionary(
                i => i.TopicPartitionOffsetError.Topic,
                i => new OldestRecord(i.TopicPartitionOffsetError.Offset.Value, DateTimeOffset.FromUnixTimeMilliseconds(i.Timestamp)),
                StringComparer.Ordinal);
    }

    /// <summary>
    /// Bytes of partition 0 of each topic on its leader's disk. Empty when this client can't speak the cluster's security, is not
    /// allowed to ask, or a broker is away: a size is good to know and never needed.
    /// </summary>
    /// <param name="topics">The topics.</param>
    /// <param name="timeout">Longest time to try.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<IReadOnlyDictionary<string, long>> SizesAsync(
        IReadOnlyCollection<string> topics, TimeSpan timeout, CancellationToken cancellation)
    {
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        try
        {
            IReadOnlyDictionary<string, (string Host, int Port)> leaders;
            var any = await Bootstrap.OpenAnyAsync(_options, 0, timeout, limit.Token).ConfigureAwait(false);
            await using (any.ConfigureAwait(false))
            {
                leaders = await TopicRequests.LeadersAsync(any, topics, limit.Token).ConfigureAwait(false);
            }

            foreach (var led in leaders.GroupBy(l => l.Value, l => l.Key))
            {
                var leader = await ProtocolConnection.OpenAsync(_options, led.Key.Host, led.Key.Port, limit.Token).ConfigureAwait(false);
                await using (leader.ConfigureAwait(false))
                {
                    foreach (var (topic, size) in await LogDirRequests.SizesAsync(leader, [.. led], limit.Token).ConfigureAwait(false))
                    {
                        sizes[topic] = size;
                    }
                }
            }
        }
        catch (Exception away) when (away is ProtocolException || Bootstrap.IsSecurity(away) || Bootstrap.IsNetwork(away, cancellation))
        {
            return new Dictionary<string, long>();
        }

        return sizes;
    }

    /// <summary>Ends the client.</summary>
    public void Dispose() => _admin.Dispose();

    private Task<IReadOnlyDictionary<string, string>> SettingsAsync(
        ResourceType type, string name, string subject, CancellationToken cancellation) =>
        _admin.SettingsAsync(type, name, subject, cancellation);
}
