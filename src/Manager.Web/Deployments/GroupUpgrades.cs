using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Manager.Web.Api;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Operations;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>
/// Moves a running group to another published version of its project: members of the new version start as shadows beside those
/// that run, are handed over to, and the group can go back until the upgrade is ended.
/// </summary>
internal sealed class GroupUpgrades(
    DeploymentStore store, GroupModels models, ClusterStateStore state, GroupSupervisor supervisor, WorkerRegistry registry,
    OperationStore operations, OperationWatch watch, ClusterObserver observer)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Starts members of another version as shadows.</summary>
    /// <param name="group">Group name.</param>
    /// <param name="request">Which version, and what becomes of the state.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellation">Stops waiting; what has begun goes on.</param>
    public async Task<Outcome<OperationResource>> StartAsync(
        string group, StartUpgradeRequest request, string actor, CancellationToken cancellation)
    {
        if (!store.Groups.TryGetValue(group, out var record))
        {
            return Unknown(group);
        }

        if (await RefusalOfAsync(record, request, cancellation) is { } refusal)
        {
            return refusal;
        }

        var upgrade = new UpgradeSpec(request.Version, request.Rebuild, [.. request.StartEmpty], [.. request.KeepState]);
        var changed = await ChangeAsync(group, s => s.Upgrade is null ? s with { Upgrade = upgrade } : s, cancellation);
        if (changed?.Upgrade != upgrade)
        {
            return changed is null ? Unknown(group) : Refusal.Of(RefusalKind.Conflict, "upgradeUnderWay", $"Group '{group}' is being upgraded already.");
        }

        supervisor.Wake();
        var operation = operations.Begin(
            "upgrade", group, null, actor, $"Starting engines of version {request.Version} beside those of {changed.Version}.");
        watch.Add(operation.Id, StartLimit, s => s.Find(group) is not { Upgrade: { } now } ? "The upgrade was ended."
            : now.CanHandOver ? $"Version {now.To} follows at the journal's end and can be handed over to." : null);
        return operation;
    }

    /// <summary>Hands the group over to the version that does not write: forward, and back.</summary>
    /// <param name="group">Group name.</param>
    /// <param name="isBack">True: back to the version of before; false: on to the new one.</param>
    /// <param name="actor">Who asks.</param>
    public async Task<Outcome<OperationResource>> HandOverAsync(string group, bool isBack, string actor)
    {
        if (state.Current.Find(group) is not { Upgrade: { } upgrade } seen || !store.Groups.TryGetValue(group, out var record))
        {
            return NoUpgrade(group);
        }

        var target = isBack ? upgrade.From : upgrade.To;
        if (upgrade.Writes == target)
        {
            return Refusal.Of(RefusalKind.Conflict, "writesAlready", $"Version {target} writes already.");
        }

        var names = (isBack ? record.Spec.Engines() : record.Spec.NewEngines()).Select(m => m.Name).ToHashSet(StringComparer.Ordinal);
        var next = seen.Members.FirstOrDefault(m => names.Contains(m.Name) && UpgradeView.IsReady(m));
        if (next is null || registry.Of(group, next.Name)?.Status.ModelDigest is not { Length: > 0 } digest)
        {
            return Refusal.Of(RefusalKind.Conflict, "notReady",
                $"No engine of version {target} is at the journal's end. {string.Join(' ', upgrade.Reasons)}".TrimEnd());
        }

        var active = seen.Members.FirstOrDefault(m => m is { FailoverGroup: "engines", Role: MemberRole.Active });
        var action = isBack ? "rollback" : "handover";
        var operation = operations.Begin(action, group, next.Name, actor, active is null
            ? $"{next.Name} takes the group: no engine is active."
            : $"{active.Name} hands over to {next.Name}, version {target}.");
        // Whoever can't give over any more is fenced instead: a person asked for it.
        var isBegun = active is not null
            ? await supervisor.HandOverAsync(group, active.Name, next.Name, digest)
            : await supervisor.TakeBackAsync(group, next.Name);
        if (!isBegun)
        {
            operations.End(operation.Id, isDone: false, "The member is out of reach.");
            return Refusal.Of(RefusalKind.OutOfReach, "memberOutOfReach", $"{(active ?? next).Name} can't be reached.");
        }

        watch.Add(operation.Id, Limit, s => s.Find(group)?.Upgrade is not { } now ? "The upgrade was ended."
            : now.Writes == target ? $"Version {target} writes now." : null);
        return operation;
    }

    /// <summary>Ends an upgrade: the version that writes stays, the other one's engines end.</summary>
    public async Task<Outcome<OperationResource>> EndAsync(string group, string actor, CancellationToken cancellation)
    {
        if (state.Current.Find(group) is not { Upgrade: { } upgrade })
        {
            return NoUpgrade(group);
        }

        if (upgrade.Writes is not { } writes)
        {
            return Refusal.Of(RefusalKind.Conflict, "noActive", $"No engine of '{group}' is active, so it is not known which version stays.");
        }

        await ChangeAsync(
            group,
            s => s.Upgrade is null ? s : writes != s.Upgrade.Version ? s with
            {
                Upgrade = null,
                StoppedMembers = s.StoppedMembers.Except(s.NewEngines().Select(e => e.Name)),
            }
            : s with
            {
                StoppedMembers = s.StoppedMembers.Except(s.Engines().Select(e => e.Name)),
                Version = writes,
                FirstEngine = s.FirstEngine == 1 ? 1 + s.Replicas.Engines : 1,
                WasUpgraded = true,
                Upgrade = null,
            },
            cancellation);
        supervisor.Wake();
        var operation = operations.Begin("endUpgrade", group, null, actor, $"Version {writes} stays; engines of the other one end.");
        watch.Add(operation.Id, Limit, s => s.Find(group) is { } now && now.Members.Where(m => m.FailoverGroup == "engines")
            .All(m => m.State is MemberState.Running or MemberState.Degraded) ? $"The group runs version {writes}." : null);
        return operation;
    }

    private async Task<DeploymentSpec?> ChangeAsync(
        string group, Func<DeploymentSpec, DeploymentSpec> change, CancellationToken cancellation)
    {
        var changed = await store.ChangeAsync(group, g => g with { Spec = change(g.Spec) }, cancellation);
        if (changed is not null)
        {
            await observer.ObserveNowAsync(changed.Spec, cancellation);
        }

        return changed?.Spec;
    }

    private async Task<Refusal?> RefusalOfAsync(GroupRecord record, StartUpgradeRequest request, CancellationToken cancellation)
    {
        var spec = record.Spec;
        if (record.Desired != "started" || spec.Upgrade is not null)
        {
            return spec.Upgrade is null
                ? Refusal.Of(RefusalKind.Conflict, "groupStopped", $"Group '{spec.Name}' is stopped; only a running group is upgraded.")
                : Refusal.Of(RefusalKind.Conflict, "upgradeUnderWay", $"Group '{spec.Name}' is being upgraded already; end that first.");
        }

        if (request.Version == spec.Version)
        {
            return Refusal.Of(RefusalKind.Invalid, "sameVersion", $"Group '{spec.Name}' runs version {spec.Version} already.");
        }

        if (2 * spec.Replicas.Engines > GroupValidator.MaxReplicas)
        {
            return Refusal.Of(RefusalKind.Invalid, "tooManyEngines",
                $"Both versions' engines together would be more than {GroupValidator.MaxReplicas}.");
        }

        if (await models.ReadAsync(spec, request.Version, cancellation) is not { } next)
        {
            return Refusal.Of(RefusalKind.Invalid, "noSuchVersion",
                $"Project '{spec.Project}' has no version '{request.Version}' that reads as a model.");
        }

        return await models.OfAsync(spec, cancellation) is { } now && Difference(spec, now.Topology, next.Topology) is { } why
            ? Refusal.Of(RefusalKind.Invalid, "otherTopics", why)
            : null;
    }

    /// <summary>What of the new version the inputs and outputs that go on could not work with; null: nothing.</summary>
    private static string? Difference(DeploymentSpec spec, GroupTopology now, GroupTopology next)
    {
        bool Differ(IEnumerable<TopicEnd> one, IEnumerable<TopicEnd> other) =>
            (one.FirstOrDefault()?.Topic, one.FirstOrDefault()?.Schema.Id) != (other.FirstOrDefault()?.Topic, other.FirstOrDefault()?.Schema.Id);
        return now.Journal != next.Journal ? $"The new version writes journal {next.Journal}, the group {now.Journal}: deploy it as a group of its own."
            : spec.InputFile is not null && Differ(now.Inputs, next.Inputs)
                ? "The window that the input file feeds has another topic or schema in the new version: deploy it as a group of its own."
            : spec.OutputFile is not null && Differ(now.Outputs, next.Outputs)
                ? "The window that the output file is written from has another topic or schema in the new version: deploy it as a group of its own."
            : null;
    }

    private static Refusal Unknown(string group) => Refusal.Of(RefusalKind.NotFound, "noSuchGroup", $"There is no group '{group}'.");

    private static Refusal NoUpgrade(string group) =>
        Refusal.Of(RefusalKind.NotFound, "noUpgrade", $"No upgrade of a group '{group}' is under way.");
}
