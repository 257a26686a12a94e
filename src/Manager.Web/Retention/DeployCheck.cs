using Lockstep.Contracts.Api;
using Lockstep.Kafka;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Deployments;

namespace Lockstep.Manager.Web.Retention;

/// <summary>Looks at topics and brokers before a group is deployed on them.</summary>
internal sealed class DeployCheck(RetentionLook look, BusAddress bus, TimeProvider time)
{
    /// <summary>Code of the warning that nothing could be looked at.</summary>
    public const string NotChecked = "notChecked";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private static readonly IReadOnlyList<ProblemResource> Unchecked =
    [
        new("warning", NotChecked, "", 0, 0,
            "Kafka can't be reached, so topics and brokers were not checked. Check again when it answers."),
    ];

    /// <summary>What is found; brokers that are away are a warning, since a group may be deployed before they are up.</summary>
    /// <param name="topology">The group's topics.</param>
    /// <param name="engines">Engines asked for.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<(RetentionResource? Retention, IReadOnlyList<ProblemResource> Problems)> LookAsync(
        GroupTopology topology, int engines, CancellationToken cancellation)
    {
        if (bus.Current is null)
        {
            // The demo is deployed before the manager starts its own cluster; the group is looked at when it runs.
            return (null, Unchecked);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        try
        {
            var facts = await look.LookAsync(topology, limit.Token);
            var (resource, _) = RetentionWatch.Judge(facts is null ? null : facts with { Engines = engines }, time.GetUtcNow());
            return (resource, resource.Problems);
        }
        catch (Exception away) when (away is KafkaFaultException
            || (away is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return (null, Unchecked);
        }
    }
}
