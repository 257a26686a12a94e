using System.Collections.Immutable;
using System.Text;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Projects;
using Lockstep.Manager.Web.Api;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Operations;
using Lockstep.Manager.Web.Projects;
using Lockstep.Manager.Web.Retention;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>Deploys and deletes groups: changes what is wanted; the supervisor makes it so.</summary>
internal sealed class GroupDeployments(
    DeploymentStore store, ProjectCatalog projects, OperationStore operations, OperationWatch watch, ClusterObserver observer,
    DeployCheck check, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Deploys a group and starts it.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellation">Stops waiting; a group that was stored stays.</param>
    /// <returns>The running operation; refused with all problems.</returns>
    public async Task<Outcome<OperationResource>> CreateAsync(
        CreateGroupRequest request, string actor, CancellationToken cancellation)
    {
        var plan = await PlanAsync(request, cancellation);
        if (plan.Value is not { } planned)
        {
            return plan.Refusal!;
        }

        var spec = planned.Spec;
        var (_, found) = await check.LookAsync(planned.Topology, spec.Replicas.Engines, cancellation);
        if (found.Any(p => p.Severity == "error"))
        {
            return new Refusal(RefusalKind.Invalid, "topicsUnfit", "The group can't run on these topics and brokers.", found);
        }

        if (!await store.AddAsync(new GroupRecord(spec, true, false, time.GetUtcNow(), 1), cancellation))
        {
            return Exists(spec.Name);
        }

        await observer.ObserveNowAsync(spec, cancellation);
        var warnings = found.Count == 0 ? "" : $" {found.Count} {(found.Count == 1 ? "warning" : "warnings")} on topics and brokers.";
        var operation = operations.Begin("deploy", spec.Name, null, actor, $"Starting project {spec.Project} {spec.Version}.{warnings}");
        watch.Add(operation.Id, Limit, s => IsUp(s.Find(spec.Name)) ? "All members run." : null);
        return operation;
    }

    /// <summary>Stops a group's members and forgets the group; its topics and files stay.</summary>
    public async Task<Outcome<OperationResource>> DeleteAsync(string group, string actor, CancellationToken cancellation)
    {
        var changed = await store.ChangeAsync(group, g => g with { IsDeleting = true, IsStarted = false }, cancellation);
        if (changed is null)
        {
            return Refusal.Of(RefusalKind.NotFound, "noSuchGroup", $"There is no group '{group}'.");
        }

        await observer.ObserveNowAsync(changed.Spec, cancellation);
        var operation = operations.Begin("delete", group, null, actor, "Stopping its members.");
        watch.Add(operation.Id, Limit, s => s.Find(group) is null ? "Stopped and forgotten." : null);
        return operation;
    }

    /// <summary>What would come of deploying a group: every error and warning at once. Nothing is deployed.</summary>
    public async Task<DeployCheckResource> CheckAsync(CreateGroupRequest request, CancellationToken cancellation)
    {
        var plan = await PlanAsync(request, cancellation);
        if (plan.Refusal is { } refused)
        {
            return new DeployCheckResource(
                false,
                refused.Problems.Count > 0 ? refused.Problems : [new ProblemResource("error", refused.Code, "", 0, 0, refused.Message)],
                null);
        }

        var (retention, found) = await check.LookAsync(plan.Value!.Topology, request.Replicas.Engines, cancellation);
        return new DeployCheckResource(found.All(p => p.Severity != "error"), found, retention);
    }

    /// <summary>The deployment that a request asks for; refused with all problems of request and model.</summary>
    private async Task<Outcome<Plan>> PlanAsync(CreateGroupRequest request, CancellationToken cancellation)
    {
        var problems = GroupValidator.ProblemsOf(request);
        if (problems.Count > 0)
        {
            return new Refusal(RefusalKind.Invalid, "groupInvalid", "The group can't be deployed like this.", problems);
        }

        if (store.Groups.ContainsKey(request.Name))
        {
            return Exists(request.Name);
        }

        var model = await projects.ModelAsync(request.Project, request.Version, cancellation);
        if (model.Value is not { } published)
        {
            return model.Refusal! with { Kind = RefusalKind.Invalid };
        }

        var spec = new DeploymentSpec
        {
            Name = request.Name,
            Project = published.Version.Project,
            Version = published.Version.Version,
            Replicas = request.Replicas,
            InputFile = request.InputFile,
            OutputFile = request.OutputFile,
            InputHeaderLines = request.InputHeaderLines,
            Settings = request.Settings.ToImmutableSortedDictionary(StringComparer.Ordinal),
            IsProduction = request.IsProduction,
        };
        var (topology, found) = ModelProblems(spec, published);
        return topology is null || found.Count > 0
            ? new Refusal(RefusalKind.Invalid, "groupInvalid", "The model can't be deployed like this.", found)
            : new Plan(spec, topology);
    }

    private static Refusal Exists(string group) =>
        Refusal.Of(RefusalKind.Conflict, "groupExists", $"There is a group '{group}' already.");

    private static bool IsUp(GroupResource? group) =>
        group is not null && group.Members.All(m => m.State is MemberState.Running or MemberState.Degraded);

    /// <summary>What the model lacks for these members, with the settings of this group.</summary>
    private static (GroupTopology? Topology, List<ProblemResource> Problems) ModelProblems(DeploymentSpec spec, PublishedModel published)
    {
        var (topology, found) = GroupTopology.Read(
            Encoding.UTF8.GetString(published.Xml), GroupTopology.SettingsOf(spec.Name, spec.Settings));
        var problems = found.Where(p => p.Severity == ProblemSeverity.Error).Select(ProblemResource.From).ToList();
        if (topology is null || problems.Count > 0)
        {
            return (topology, problems);
        }

        if (spec.InputFile is not null && topology.Inputs.IsEmpty)
        {
            problems.Add(new ProblemResource("error", "noInput", "/inputFile", 0, 0,
                "No window of the model has a kafka connector of type pub, so nothing can read the file."));
        }

        if (spec.OutputFile is not null && topology.Outputs.IsEmpty)
        {
            problems.Add(new ProblemResource("error", "noOutput", "/outputFile", 0, 0,
                "No window of the model has a kafka connector of type sub, so nothing can be written."));
        }

        return (topology, problems);
    }

    private sealed record Plan(DeploymentSpec Spec, GroupTopology Topology);
}
