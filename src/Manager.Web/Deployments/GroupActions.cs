using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Api;
using Lockstep.Manager.Web.Operations;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>Acts on a deployed group. Each gives an operation, which goes on when the caller is gone.</summary>
internal sealed class GroupActions(DeploymentStore store, OperationStore operations)
{
    /// <summary>The acts there are.</summary>
    public static IReadOnlyList<string> Names { get; } = ["start", "stop", "switchover", "restart", "kill"];

    /// <summary>Begins an act.</summary>
    /// <param name="group">Group name.</param>
    /// <param name="action">One of <see cref="Names"/>.</param>
    /// <param name="member">
    /// The member; null for the active engine (kill, switchover), or all (start, stop, restart).
    /// </param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellation">Stops waiting; what has begun goes on.</param>
    public async Task<Outcome<OperationResource>> RunAsync(
        string group, string action, string? member, string actor, CancellationToken cancellation)
    {
        var changed = action switch
        {
            "start" => await store.ChangeAsync(group, g => g with { IsStarted = true }, cancellation),
            "stop" => await store.ChangeAsync(group, g => g with { IsStarted = false }, cancellation),
            _ => store.Groups.GetValueOrDefault(group),
        };
        return changed is null
            ? Refusal.Of(RefusalKind.NotFound, "noSuchGroup", $"There is no group '{group}'.")
            : operations.Begin(action, group, member, actor, "Begun.");
    }

    /// <summary>What an act would do, as one sentence; does nothing.</summary>
    public string Forecast(string group, string action, string? member) =>
        store.Groups.ContainsKey(group)
            ? $"{action} {member ?? "the group"}: no observation of {group} yet, so nothing can be foretold."
            : $"There is no group '{group}'.";
}
