using System.Globalization;
using Lockstep.Contracts.Api;
using Lockstep.Kafka;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>The topics of the deployed groups, as the cluster has them now. Creates nothing, joins no consumer group.</summary>
internal sealed class TopicCatalog(BusAddress bus, ClusterStateStore state, ILogger<TopicCatalog> logger) : IDisposable
{
    private readonly Lock _lock = new();
    private (Bus Bus, TopicAdmin Admin)? _admin;

    /// <summary>Topics of all groups by name; one that does not exist yet is left out.</summary>
    /// <exception cref="KafkaFaultException">The cluster can't be reached.</exception>
    public async Task<IReadOnlyList<TopicResource>> ListAsync(CancellationToken cancellation)
    {
        var admin = await AdminAsync(cancellation);
        var topics = new List<TopicResource>();
        foreach (var name in state.Current.Groups.SelectMany(g => g.Topics).Distinct().Order(StringComparer.Ordinal))
        {
            if (await admin.DescribeAsync(name, cancellation) is { } found)
            {
                topics.Add(ToResource(found));
            }
        }

        return topics;
    }

    /// <summary>A topic by name, of a group or not; null when it does not exist.</summary>
    /// <exception cref="KafkaFaultException">The cluster can't be reached.</exception>
    public async Task<TopicResource?> FindAsync(string topic, CancellationToken cancellation) =>
        await (await AdminAsync(cancellation)).DescribeAsync(topic, cancellation) is { } found ? ToResource(found) : null;

    /// <inheritdoc/>
    public void Dispose() => _admin?.Admin.Dispose();

    private async Task<TopicAdmin> AdminAsync(CancellationToken cancellation)
    {
        await bus.WaitAsync(cancellation);
        lock (_lock)
        {
            var now = bus.Current!;
            if (_admin is { } known && known.Bus == now)
            {
                return known.Admin;
            }

            _admin?.Admin.Dispose();
            var admin = new TopicAdmin(KafkaBusOptions.Parse(now.Kafka), logger);
            _admin = (now, admin);
            return admin;
        }
    }

    private static TopicResource ToResource(TopicDescription topic)
    {
        var first = topic.Partitions is [var found, ..] ? found : null;
        return new TopicResource(
            topic.Name, topic.Partitions.Count, first?.Replicas.Count ?? 0, first?.InSync.Count ?? 0,
            first?.FirstOffset ?? -1, first is null || first.EndOffset < 0 ? -1 : first.EndOffset - 1,
            topic.Settings.TryGetValue("retention.ms", out var text)
                && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var retention)
                    ? retention
                    : null,
            first is { Leader: >= 0 } ? string.Create(CultureInfo.InvariantCulture, $"broker {first.Leader}") : null)
        {
            MinInSyncReplicas = topic.Settings.TryGetValue("min.insync.replicas", out var least)
                && int.TryParse(least, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                    ? count
                    : null,
        };
    }
}
