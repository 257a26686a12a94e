using System.Collections.Immutable;
using Lockstep.Contracts.Api;
using Lockstep.Kafka;
using Lockstep.Manager.Web.Deployments;
using Lockstep.Manager.Web.Supervision;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>
/// Looks at what lies around the groups: replicas in sync, the manager's own reach of Kafka and ZooKeeper, supervision. Topics
/// are described anew every <see cref="Interval"/>.
/// </summary>
internal sealed class SurroundingsLook(TopicCatalog topics, ZnodeWatcher znodes, SupervisionHost supervision, TimeProvider time)
    : BackgroundService
{
    /// <summary>Time between two looks at the topics.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private volatile ImmutableDictionary<string, TopicResource> _topics = ImmutableDictionary<string, TopicResource>.Empty;
    private volatile bool _isKafkaAway;

    /// <summary>What bears on a group.</summary>
    /// <param name="members">Its members.</param>
    /// <param name="groupTopics">Its topics.</param>
    public Surroundings Of(IReadOnlyList<(MemberName Name, MemberProcess? Process)> members, IReadOnlyCollection<string> groupTopics)
    {
        var seen = _topics;
        return Judge(
            [.. groupTopics.Select(t => seen.GetValueOrDefault(t)).OfType<TopicResource>()],
            _isKafkaAway,
            znodes.Current is { Version: > 0, IsConnected: false },
            [.. members.Where(m => m.Name.FailoverGroup == "engines" && m.Process is { IsAlive: true }
                && !supervision.IsSupervised(m.Process.Group, m.Name.Name)).Select(m => m.Name.Name)]);
    }

    /// <summary>The sentences; pure.</summary>
    /// <param name="topics">The group's topics as last described.</param>
    /// <param name="isKafkaAway">True: the manager can't reach Kafka.</param>
    /// <param name="isZooKeeperAway">True: the manager can't reach ZooKeeper.</param>
    /// <param name="unsupervised">Engines that nobody supervises.</param>
    public static Surroundings Judge(
        IReadOnlyList<TopicResource> topics, bool isKafkaAway, bool isZooKeeperAway, IReadOnlyList<string> unsupervised)
    {
        var reasons = new List<string>();
        var notes = new List<string>();
        foreach (var topic in topics.Where(t => t.InSyncReplicas < t.Replicas))
        {
            var counts = $"{topic.Name} has {topic.InSyncReplicas} of {topic.Replicas} replicas in sync";
            if (topic.InSyncReplicas < (topic.MinInSyncReplicas ?? 1))
            {
                reasons.Add($"{counts}, {topic.MinInSyncReplicas ?? 1} are needed to commit.");
            }
            else
            {
                notes.Add($"{counts}.");
            }
        }

        if (isKafkaAway)
        {
            notes.Add("The manager can't reach Kafka.");
        }

        if (isZooKeeperAway)
        {
            notes.Add("The manager can't reach ZooKeeper, so it can't close the session of a member that dies.");
        }

        if (unsupervised.Count > 0)
        {
            notes.Add($"{string.Join(", ", unsupervised)} {(unsupervised.Count == 1 ? "has" : "have")} no supervisor: "
                + "a death is noticed only when the ZooKeeper session times out.");
        }

        return reasons.Count + notes.Count == 0 ? Surroundings.None : new Surroundings(reasons, notes);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                _topics = (await topics.ListAsync(stoppingToken)).ToImmutableDictionary(t => t.Name, StringComparer.Ordinal);
                _isKafkaAway = false;
            }
            catch (KafkaFaultException)
            {
                // That it is away is what is told; what was seen of the topics says nothing any more.
                _topics = ImmutableDictionary<string, TopicResource>.Empty;
                _isKafkaAway = true;
            }
        }
    }
}
