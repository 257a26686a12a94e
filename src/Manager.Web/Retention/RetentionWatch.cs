using System.Collections.Immutable;
using Lockstep.Contracts.Api;
using Lockstep.Kafka;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Deployments;

namespace Lockstep.Manager.Web.Retention;

/// <summary>What was last found of a group.</summary>
/// <param name="Resource">How far back it can rebuild.</param>
/// <param name="Alarms">The findings as alarms, each with the time since which it stands.</param>
internal sealed record GroupRetention(RetentionResource Resource, IReadOnlyList<Alarm> Alarms)
{
    /// <summary>Since when each finding stands.</summary>
    public ImmutableArray<(string Subject, string Rule, DateTimeOffset Since)> Standing { get; init; } = [];
}

/// <summary>Looks at the topics and brokers of every started group each <see cref="Interval"/>, and when asked.</summary>
internal sealed class RetentionWatch(
    RetentionLook look, DeploymentStore deployments, GroupModels models, WorkerRegistry registry, TimeProvider time) : BackgroundService
{
    /// <summary>Time between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>A group that has run for longer should have written a snapshot.</summary>
    public static readonly TimeSpan SnapshotDue = TimeSpan.FromMinutes(3);

    /// <summary>What is said of brokers that keep nothing.</summary>
    public const string InMemory = "The brokers are in memory: they keep nothing when they end, and have no settings to check.";

    private ImmutableDictionary<string, GroupRetention> _known = ImmutableDictionary<string, GroupRetention>.Empty;

    /// <summary>What was last found of a group; null: not yet, or Kafka is away.</summary>
    public GroupRetention? Of(string group) => _known.GetValueOrDefault(group);

    /// <summary>Looks at a group now.</summary>
    /// <returns>Null: its model is gone.</returns>
    /// <exception cref="KafkaFaultException">Kafka can't be reached.</exception>
    public async Task<RetentionResource?> LookAsync(DeploymentSpec spec, CancellationToken cancellation)
    {
        if (await models.OfAsync(spec, cancellation) is not { } model)
        {
            return null;
        }

        var (resource, findings) = Judge(await FactsAsync(spec, model.Topology, cancellation), time.GetUtcNow());
        Keep(spec.Name, resource, findings);
        return resource;
    }

    /// <summary>Of facts, or of brokers in memory.</summary>
    public static (RetentionResource Resource, IReadOnlyList<Finding> Findings) Judge(RetentionFacts? facts, DateTimeOffset now) => facts is null
        ? (new RetentionResource { At = now, Sentence = InMemory }, [])
        : RetentionJudge.Judge(facts);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var group in deployments.Groups.Values.Where(g => g.IsStarted))
            {
                try
                {
                    await LookAsync(group.Spec, stoppingToken);
                }
                catch (KafkaFaultException)
                {
                    // That Kafka is away is told elsewhere; what was seen before says nothing of now.
                    Forget(group.Spec.Name);
                }
            }

            foreach (var gone in _known.Keys.Where(g => !deployments.Groups.TryGetValue(g, out var group) || !group.IsStarted))
            {
                Forget(gone);
            }
        }
    }

    private async Task<RetentionFacts?> FactsAsync(DeploymentSpec spec, GroupTopology topology, CancellationToken cancellation)
    {
        if (await look.LookAsync(topology, cancellation) is not { } facts)
        {
            return null;
        }

        var engines = spec.Members().Where(m => m.Kind == MemberKind.Engine)
            .Select(m => registry.Of(spec.Name, m.Name)?.Status).OfType<WorkerStatus>().ToList();
        return facts with
        {
            Engines = spec.Replicas.Engines,
            Snapshots = [.. engines.Where(e => e.Snapshot is not null).Select(e => new SnapshotFacts(e.Member, e.Snapshot!.At, e.Snapshot.Needs))],
            ExpectsSnapshot = engines.Any(e => e.JournalSequence > 0 && facts.At - e.StartedAt > SnapshotDue),
        };
    }

    private void Keep(string group, RetentionResource resource, IReadOnlyList<Finding> findings)
    {
        ImmutableInterlocked.AddOrUpdate(
            ref _known, group, _ => Made(null), (_, before) => Made(before));

        GroupRetention Made(GroupRetention? before) => new(
            resource, [.. findings.Select(f => new Alarm(f.Code, f.Message, Since(before, f) ?? resource.At))])
        {
            Standing = findings.Select(f => (f.Subject, f.Rule, Since(before, f) ?? resource.At)).ToImmutableArray(),
        };

        static DateTimeOffset? Since(GroupRetention? before, Finding finding) => before?.Standing
            .Where(s => s.Subject == finding.Subject && s.Rule == finding.Rule).Select(s => (DateTimeOffset?)s.Since).FirstOrDefault();
    }

    private void Forget(string group) => ImmutableInterlocked.TryRemove(ref _known, group, out _);
}
