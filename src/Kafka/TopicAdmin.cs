using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Lockstep.Kafka.InMemory;
using Lockstep.Kafka.Protocol;
using Microsoft.Extensions.Logging;

namespace Lockstep.Kafka;

/// <summary>
/// Creates, checks, describes and trims topics, and shows the brokers. Thread-safe. Touches only topics it is asked for by
/// name. Every call throws <see cref="KafkaFaultException"/> when the cluster refuses or can't be reached.
/// </summary>
public sealed partial class TopicAdmin : IDisposable
{
    private readonly AdminConnection _admin;
    private readonly KafkaBusOptions _options;
    private readonly InMemoryTopics _inMemory;
    private readonly ILogger _logger;

    /// <summary>Creates the client; it connects when it is first used.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="logger">Takes the client's own log lines.</param>
    public TopicAdmin(KafkaBusOptions options, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _logger = logger;
        _inMemory = new InMemoryTopics(options);
        _admin = new AdminConnection(
            options,
            line => LogClient(_logger, line.Facility, line.Message),
            error => LogHeard(_logger, error.Code, error.Reason));
    }

    /// <summary>
    /// Creates the topic with one partition when it is missing, and checks it when it is there. Of several members that do
    /// this at once, one creates it and all check it.
    /// </summary>
    /// <param name="spec">What it must be like.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>What is not as asked; empty when all is well.</returns>
    public async Task<IReadOnlyList<TopicProblem>> EnsureTopicAsync(TopicSpec spec, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(spec);
        // Asked for before it is created: DescribeTopics never creates, unlike a metadata request of some clients.
        var found = await DescribeAsync(spec.Name, cancellation).ConfigureAwait(false);
        if (found is null)
        {
            await CreateAsync(spec, cancellation).ConfigureAwait(false);
            found = await AppearedAsync(spec.Name, cancellation).ConfigureAwait(false);
        }

        return TopicCheck.ProblemsOf(spec, found);
    }

    /// <summary>The topic as the cluster has it, or null when it does not exist.</summary>
    /// <param name="topic">Its name.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task<TopicDescription?> DescribeAsync(string topic, CancellationToken cancellation)
    {
        var description = await FindAsync(topic, cancellation).ConfigureAwait(false);
        if (description is null)
        {
            return null;
        }

        var partitions = new List<PartitionDescription>();
        foreach (var partition in description.Partitions)
        {
            var at = new TopicPartition(topic, partition.Partition);
            var known = partition.Leader is not null;
            partitions.Add(new PartitionDescription(
                partition.Partition,
                partition.Leader?.Id ?? -1,
                [.. partition.Replicas.Select(n => n.Id)],
                [.. partition.ISR.Select(n => n.Id)],
                known ? await OffsetAsync(at, OffsetSpec.Earliest(), cancellation).ConfigureAwait(false) : -1,
                known ? await OffsetAsync(at, OffsetSpec.Latest(), cancellation).ConfigureAwait(false) : -1));
        }

        return new TopicDescription(topic, partitions, await SettingsAsync(topic, cancellation).ConfigureAwait(false));
    }

    /// <summary>Names of the topics that begin with a prefix, in ordinal order; internal topics are left out.</summary>
    /// <param name="prefix">The prefix; empty for all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task<IReadOnlyList<string>> ListTopicsAsync(string prefix, CancellationToken cancellation)
    {
        var metadata = await MetadataAsync(cancellation).ConfigureAwait(false);
        return [.. metadata.Topics.Select(t => t.Topic)
            .Where(t => t.StartsWith(prefix, StringComparison.Ordinal) && !t.StartsWith("__", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>First or end offset of partition 0 of each topic, asked of the leaders now.</summary>
    /// <param name="topics">The topics; each must exist.</param>
    /// <param name="end">Which end.</param>
    /// <param name="isolation">Committed: <see cref="OffsetEnd.Latest"/> is the last stable offset.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task<IReadOnlyDictionary<string, long>> ListOffsetsAsync(
        IReadOnlyCollection<string> topics, OffsetEnd end, ReadIsolation isolation, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(topics);
        if (topics.Count == 0)
        {
            return new Dictionary<string, long>(StringComparer.Ordinal);
        }

        var specs = topics.Select(t => new TopicPartitionOffsetSpec
        {
            TopicPartition = new TopicPartition(t, 0),
            OffsetSpec = end == OffsetEnd.Earliest ? OffsetSpec.Earliest() : OffsetSpec.Latest(),
        }).ToList();
        var result = await AskLeadersAsync(specs, isolation, cancellation).ConfigureAwait(false);
        return result.ResultInfos.ToDictionary(
            i => i.TopicPartitionOffsetError.Topic, i => i.TopicPartitionOffsetError.Offset.Value, StringComparer.Ordinal);
    }

    /// <summary>Deletes the records below an offset (never the record at it).</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="beforeOffset">The first offset to stay; above the end counts as the end.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task DeleteRecordsAsync(string topic, long beforeOffset, CancellationToken cancellation)
    {
        if (await _inMemory.DeleteRecordsAsync(topic, beforeOffset, cancellation).ConfigureAwait(false))
        {
            return;
        }

        await _admin.RunAsync(
            topic,
            client => client.DeleteRecordsAsync(
                [new TopicPartitionOffset(topic, 0, new Offset(beforeOffset))],
                new DeleteRecordsOptions { RequestTimeout = _options.RequestTimeout }),
            cancellation).ConfigureAwait(false);
    }

    /// <summary>Deletes a topic; one that does not exist is no error.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task DeleteTopicAsync(string topic, CancellationToken cancellation)
    {
        if (await _inMemory.DeleteTopicAsync(topic, cancellation).ConfigureAwait(false))
        {
            return;
        }

        try
        {
            await _admin.RunAsync(
                topic,
                async client =>
                {
                    await client.DeleteTopicsAsync(
                        [topic], new DeleteTopicsOptions { RequestTimeout = _options.RequestTimeout }).ConfigureAwait(false);
                    return true;
                },
                cancellation).ConfigureAwait(false);
        }
        catch (KafkaFaultException missing) when (missing.Fault.Code == nameof(ErrorCode.UnknownTopicOrPart))
        {
            LogMissing(_logger, topic);
        }
    }

    /// <summary>The brokers that are up, and which one is the controller.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task<ClusterDescription> DescribeClusterAsync(CancellationToken cancellation)
    {
        if (await _inMemory.IsInMemoryAsync(cancellation).ConfigureAwait(false))
        {
            var metadata = await MetadataAsync(cancellation).ConfigureAwait(false);
            return new ClusterDescription(
                "in-memory", -1, [.. metadata.Brokers.Select(b => new BrokerAddress(b.BrokerId, b.Host, b.Port))]);
        }

        try
        {
            return await ClusterLook.DescribeAsync(_options, cancellation).ConfigureAwait(false);
        }
        catch (ProtocolException refused)
        {
            LogUnreachable(_logger, refused.Message);
        }

        var result = await _admin.RunAsync(
            _options.BootstrapServers,
            client => client.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = _options.RequestTimeout }),
            cancellation).ConfigureAwait(false);
        return new ClusterDescription(
            result.ClusterId ?? "",
            result.Controller?.Id ?? -1,
            [.. result.Nodes.OrderBy(n => n.Id).Select(n => new BrokerAddress(n.Id, n.Host, n.Port))]);
    }

    /// <summary>True: the brokers are <see cref="MockBrokers"/>, in memory and without fencing.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task<bool> IsInMemoryAsync(CancellationToken cancellation) => _inMemory.IsInMemoryAsync(cancellation);

    /// <summary>True: some broker answered a metadata request within the time-out. Never throws for a cluster away.</summary>
    /// <param name="timeout">Longest time to wait.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task<bool> IsReachableAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            var metadata = await _admin.RunAsync(
                _options.BootstrapServers,
                client => Task.Run(() => client.GetMetadata("__lockstep_no_such_topic", timeout), cancellation),
                cancellation).ConfigureAwait(false);
            return metadata.Brokers.Count > 0;
        }
        catch (KafkaFaultException away)
        {
            LogUnreachable(_logger, away.Message);
            return false;
        }
    }

    /// <summary>Ends the client.</summary>
    public void Dispose()
    {
        _admin.Dispose();
        _inMemory.Dispose();
    }

    private async Task CreateAsync(TopicSpec spec, CancellationToken cancellation)
    {
        if (await _inMemory.CreateTopicAsync(spec.Name, cancellation).ConfigureAwait(false))
        {
            return;
        }

        var settings = new Dictionary<string, string>(spec.Settings, StringComparer.Ordinal);
        if (spec.Compacted)
        {
            settings["cleanup.policy"] = "compact";
        }

        if (spec.Retention is { } retention)
        {
            settings["retention.ms"] = TopicCheck.RetentionMs(retention).ToString(CultureInfo.InvariantCulture);
        }

        try
        {
            await _admin.RunAsync(
                spec.Name,
                async client =>
                {
                    await client.CreateTopicsAsync(
                        [
                            new TopicSpecification
                            {
                                Name = spec.Name,
                                NumPartitions = 1,
                                ReplicationFactor = spec.Replication ?? -1,
                                Configs = settings,
                            },
                        ],
                        new CreateTopicsOptions
                        {
                            RequestTimeout = _options.RequestTimeout,
                            OperationTimeout = _options.RequestTimeout,
                        }).ConfigureAwait(false);
                    return true;
                },
                cancellation).ConfigureAwait(false);
        }
        catch (KafkaFaultException other) when (other.Fault.Code == nameof(ErrorCode.TopicAlreadyExists))
        {
            LogRaced(_logger, spec.Name);
        }
    }

    /// <summary>A broker may take a moment to hear from the controller that the topic exists and who leads it.</summary>
    private async Task<TopicDescription> AppearedAsync(string topic, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_options.RequestTimeout);
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (true)
            {
                if (await FindAsync(topic, limit.Token).ConfigureAwait(false) is { } found
                    && found.Partitions.TrueForAll(p => p.Leader is not null)
                    && await DescribeAsync(topic, limit.Token).ConfigureAwait(false) is { } described)
                {
                    return described;
                }

                await beat.WaitForNextTickAsync(limit.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new KafkaFaultException(topic, new KafkaFault(
                KafkaFaultKind.Retry, "TopicNotReady", "The topic was created, but no broker leads it yet."));
        }
    }

    private Task<Confluent.Kafka.Admin.TopicDescription?> FindAsync(string topic, CancellationToken cancellation) =>
        _admin.FindTopicAsync(topic, cancellation);

    private async Task<long> OffsetAsync(TopicPartition at, OffsetSpec spec, CancellationToken cancellation)
    {
        try
        {
            var result = await AskLeadersAsync(
                [new TopicPartitionOffsetSpec { TopicPartition = at, OffsetSpec = spec }],
                ReadIsolation.Committed,
                cancellation).ConfigureAwait(false);
            return result.ResultInfos[0].TopicPartitionOffsetError.Offset.Value;
        }
        catch (KafkaFaultException away) when (away.Fault.Kind == KafkaFaultKind.Retry)
        {
            return -1;
        }
    }

    /// <summary>
    /// The client asks the leaders it last heard of and, after a change of leader or a broker's restart, passes on their
    /// refusal instead of looking for the new one: so that is done here, until the request time-out.
    /// </summary>
    private async Task<ListOffsetsResult> AskLeadersAsync(
        List<TopicPartitionOffsetSpec> specs, ReadIsolation isolation, CancellationToken cancellation)
    {
        var subject = string.Join(',', specs.Select(s => s.TopicPartition.Topic));
        var options = new ListOffsetsOptions
        {
            RequestTimeout = _options.RequestTimeout,
            IsolationLevel = isolation == ReadIsolation.Committed
                ? IsolationLevel.ReadCommitted
                : IsolationLevel.ReadUncommitted,
        };
        var started = Stopwatch.GetTimestamp();
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            try
            {
                return await _admin.RunAsync(
                    subject, client => client.ListOffsetsAsync(specs, options), cancellation).ConfigureAwait(false);
            }
            catch (KafkaFaultException moved) when (KafkaFault.IsStaleLeader(moved.Fault)
                && Stopwatch.GetElapsedTime(started) < _options.RequestTimeout)
            {
                LogMoved(_logger, subject, moved.Fault.Code);
                await MetadataAsync(cancellation).ConfigureAwait(false);
                await beat.WaitForNextTickAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task<IReadOnlyDictionary<string, string>> SettingsAsync(string topic, CancellationToken cancellation)
    {
        if (await _inMemory.IsInMemoryAsync(cancellation).ConfigureAwait(false))
        {
            return new Dictionary<string, string>(StringComparer.Ordinal);
        }

        return await _admin.SettingsAsync(ResourceType.Topic, topic, topic, cancellation).ConfigureAwait(false);
    }

    private Task<Metadata> MetadataAsync(CancellationToken cancellation) => _admin.RunAsync(
        _options.BootstrapServers, client => Task.Run(() => client.GetMetadata(_options.RequestTimeout), cancellation), cancellation);

    [LoggerMessage(EventId = 4020, Level = LogLevel.Debug, Message = "Kafka client {Facility}: {Text}")]
    private static partial void LogClient(ILogger logger, string facility, string text);

    [LoggerMessage(EventId = 4021, Level = LogLevel.Debug, Message = "Topic {Topic} to be deleted does not exist")]
    private static partial void LogMissing(ILogger logger, string topic);

    [LoggerMessage(EventId = 4022, Level = LogLevel.Debug, Message = "Topic {Topic} was created by another member meanwhile")]
    private static partial void LogRaced(ILogger logger, string topic);

    [LoggerMessage(EventId = 4024, Level = LogLevel.Debug, Message = "Leader of {Topics} has moved ({Code}), asking again")]
    private static partial void LogMoved(ILogger logger, string topics, string code);

    [LoggerMessage(EventId = 4025, Level = LogLevel.Debug, Message = "Kafka did not answer as it should: {Reason}")]
    private static partial void LogUnreachable(ILogger logger, string reason);

    [LoggerMessage(EventId = 4023, Level = LogLevel.Debug, Message = "Admin client heard {Code}: {Text}")]
    private static partial void LogHeard(ILogger logger, ErrorCode code, string text);
}
