using System.Collections.Immutable;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Api;
using Lockstep.Manager.Web.Operations;
using Lockstep.Manager.Web.Projects;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>Deploys and deletes groups: changes what is wanted; the supervisor makes it so.</summary>
internal sealed class GroupDeployments(
    DeploymentStore store, ProjectCatalog projects, OperationStore operations, TimeProvider time)
{
    /// <summary>Deploys a group and starts it.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellation">Stops waiting; a group that was stored stays.</param>
    /// <returns>The running operation; refused with all problems.</returns>
    public async Task<Outcome<OperationResource>> CreateAsync(
        CreateGroupRequest request, string actor, CancellationToken cancellation)
    {
        var problems = GroupValidator.ProblemsOf(request);
        if (problems.Count > 0)
        {
            return new Refusal(RefusalKind.Invalid, "groupInvalid", "The group can't be deployed like this.", problems);
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
        if (!await store.AddAsync(new GroupRecord(spec, true, false, time.GetUtcNow(), 1), cancellation))
        {
            return Refusal.Of(RefusalKind.Conflict, "groupExists", $"There is a group '{spec.Name}' already.");
        }

        return operations.Begin("deploy", spec.Name, null, actor, $"Starting project {spec.Project} {spec.Version}.");
    }

    /// <summary>Stops a group's members and forgets the group; its topics and files stay.</summary>
    public async Task<Outcome<OperationResource>> DeleteAsync(string group, string actor, CancellationToken cancellation)
    {
        var changed = await store.ChangeAsync(group, g => g with { IsDeleting = true, IsStarted = false }, cancellation);
        return changed is null
            ? Refusal.Of(RefusalKind.NotFound, "noSuchGroup", $"There is no group '{group}'.")
            : operations.Begin("delete", group, null, actor, "Stopping its members.");
    }
}
