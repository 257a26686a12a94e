using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lockstep.Kafka;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Deployments;

namespace Lockstep.Manager.Web.Retention;

/// <summary>
/// Finds out how the topics of a group and the brokers are, for <see cref="RetentionJudge"/>. Changes nothing on the cluster. Any
/// thread; what it remembers between two looks are ends and sizes, for rates.
/// </summary>
internal sealed partial class RetentionLook(BusAddress bus, TimeProvider time, ILogger<RetentionLook> logger) : IDisposable
{
    private const int MostReplicas = 3;
    private static readonly TimeSpan ReachLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SizeLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LeastRateSpan = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    private (Bus Bus, TopicAdmin Admin, ClusterSurvey Survey)? _clients;

    /// <summary>Looks now.</summary>
    /// <param name="topology">The group's topics.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Null: the brokers are in memory, keep nothing and tell no settings.</returns>
    /// <exception cref="KafkaFaultException">Kafka can't be reached.</exception>
    public async Task<RetentionFacts?> LookAsync(GroupTopology topology, CancellationToken cancellation)
    {
        var (where, admin, survey) = await ClientsAsync(cancellation);
        if (where.IsEmbedded)
        {
            return null;
        }

        // Asked with a short limit: the calls behind it wait for ten seconds each.
        if (!await admin.IsReachableAsync(ReachLimit, cancellation))
        {
            throw new KafkaFaultException(where.Kafka, new KafkaFault(KafkaFaultKind.Retry, "Local_Transport", "No broker answers."));
        }

        if (await admin.IsInMemoryAsync(cancellation))
        {
            return null;
        }

        var cluster = await admin.DescribeClusterAsync(cancellation);
        var brokers = await BrokerSettingsAsync(survey, cluster, cancellation);
        var defaults = BrokerDefaults.TopicSettings(brokers.Count > 0 ? brokers.Values.First() : new Dictionary<string, string>());
        return new RetentionFacts
        {
            At = time.GetUtcNow(),
            Topics = await TopicsAsync(topology, admin, survey, cluster.Brokers.Count, defaults, cancellation),
            Brokers = cluster.Brokers.Count,
            BrokerSettings = brokers,
            TransactionLog = await TransactionLogAsync(survey, brokers.Values.FirstOrDefault(), cancellation),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _clients?.Admin.Dispose();
        _clients?.Survey.Dispose();
    }

    private async Task<ImmutableArray<TopicFacts>> TopicsAsync(
        GroupTopology topology, TopicAdmin admin, ClusterSurvey survey, int brokers, IReadOnlyDictionary<string, string> defaults,
        CancellationToken cancellation)
    {
        List<(string Name, TopicUse Use, WindowRetention? Window)> wanted =
        [
            .. topology.Inputs.Select(t => (t.Topic, TopicUse.Inbound, t.Retention)),
            .. topology.Outputs.Select(t => (t.Topic, TopicUse.Outbound, (WindowRetention?)null)),
        ];
        if (topology.Journal is { } journal)
        {
            wanted.Add((journal, TopicUse.Journal, null));
        }

        var topics = wanted.DistinctBy(t => t.Name).ToList();
        var found = new Dictionary<string, TopicDescription>(StringComparer.Ordinal);
        foreach (var (name, _, _) in topics)
        {
            if (await admin.DescribeAsync(name, cancellation) is { } description)
            {
                found.Add(name, description);
            }
        }

        var oldest = await survey.OldestAsync(found.Keys, cancellation);
        var sizes = await survey.SizesAsync(found.Keys, SizeLimit, cancellation);
        return [.. topics.Select(t => found.TryGetValue(t.Name, out var topic)
            ? Of(topic, t.Use, oldest.GetValueOrDefault(t.Name), sizes.TryGetValue(t.Name, out var size) ? size : null) with { Window = t.Window }
            : new TopicFacts(t.Name, t.Use, Exists: false, t.Use == TopicUse.Journal ? OfNewJournal(defaults) : defaults)
            {
                Replicas = Math.Clamp(brokers, 1, MostReplicas),
                Window = t.Window,
            })];
    }

    private TopicFacts Of(TopicDescription topic, TopicUse use, OldestRecord? oldest, long? size)
    {
        var first = topic.Partitions is [var partition, ..] ? partition : null;
        var now = time.GetTimestamp();
        var end = first?.EndOffset ?? -1;
        var seen = _seen.AddOrUpdate(topic.Name, _ => new Seen(now, end, size, null, null), (_, known) => Next(known, now, end, size));
        return new TopicFacts(topic.Name, use, Exists: true, topic.Settings)
        {
            Partitions = topic.Partitions.Count,
            Replicas = first?.Replicas.Count ?? 0,
            First = first?.FirstOffset ?? -1,
            OldestAt = oldest?.At,
            SizeBytes = size,
            RecordsPerSecond = seen.Records,
            BytesPerSecond = seen.Bytes,
        };
    }

    private Seen Next(Seen known, long now, long end, long? size)
    {
        var span = time.GetElapsedTime(known.Stamp, now);
        if (span < LeastRateSpan)
        {
            return known;
        }

        // What shrinks has been deleted from meanwhile, or made anew: no rate then.
        var records = end >= known.End ? (end - known.End) / span.TotalSeconds : (double?)null;
        var bytes = size >= known.Size ? (size - known.Size) / span.TotalSeconds : null;
        return new Seen(now, end, size, records, bytes);
    }

    /// <summary>Members make it without a limit by time (docs/formats/topics.md).</summary>
    private static Dictionary<string, string> OfNewJournal(IReadOnlyDictionary<string, string> defaults) =>
        new(defaults, StringComparer.Ordinal) { ["retention.ms"] = "-1" };

    private async Task<IReadOnlyDictionary<int, IReadOnlyDictionary<string, string>>> BrokerSettingsAsync(
        ClusterSurvey survey, ClusterDescription cluster, CancellationToken cancellation)
    {
        var settings = new Dictionary<int, IReadOnlyDictionary<string, string>>();
        foreach (var broker in cluster.Brokers)
        {
            try
            {
                settings[broker.Id] = await survey.BrokerSettingsAsync(broker.Id, cancellation);
            }
            catch (KafkaFaultException untold)
            {
                // Down meanwhile, or this user may not ask: what is not known is not judged.
                LogUntold(logger, broker.Id, untold.Message);
            }
        }

        return settings;
    }

    private static async Task<TransactionLogFacts?> TransactionLogAsync(
        ClusterSurvey survey, IReadOnlyDictionary<string, string>? broker, CancellationToken cancellation)
    {
        if (await survey.ShapeAsync(TransactionLogFacts.Topic, cancellation) is { Partitions.Count: > 0 } log)
        {
            return new TransactionLogFacts(
                true, log.Partitions.Min(p => p.Replicas.Count), Number(log.Settings, "min.insync.replicas"),
                log.Settings.GetValueOrDefault("unclean.leader.election.enable") == "true");
        }

        return broker is not null && Number(broker, "transaction.state.log.replication.factor") is { } replicas
            ? new TransactionLogFacts(
                false, replicas, Number(broker, "transaction.state.log.min.isr"),
                broker.GetValueOrDefault("unclean.leader.election.enable") == "true")
            : null;
    }

    private static int? Number(IReadOnlyDictionary<string, string> settings, string name) =>
        settings.TryGetValue(name, out var text)
        && int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? number : null;

    private async Task<(Bus, TopicAdmin, ClusterSurvey)> ClientsAsync(CancellationToken cancellation)
    {
        await bus.WaitAsync(cancellation);
        lock (_lock)
        {
            var now = bus.Current!;
            if (_clients is not { } known || known.Bus != now)
            {
                Dispose();
                var options = KafkaBusOptions.Parse(now.Kafka);
                _clients = known = (now, new TopicAdmin(options, logger), new ClusterSurvey(options));
                _seen.Clear();
            }

            return known;
        }
    }

    [LoggerMessage(EventId = 6320, Level = LogLevel.Information, Message = "Broker {Broker} does not tell its settings: {Reason}")]
    private static partial void LogUntold(ILogger logger, int broker, string reason);

    private sealed record Seen(long Stamp, long End, long? Size, double? Records, double? Bytes);
}
