using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Api;
using Lockstep.Manager.Web.Cluster;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>/api/v1/groups/{group}/upgrade.</summary>
internal static class UpgradesApi
{
    /// <summary>Maps it.</summary>
    public static void MapUpgrades(this IEndpointRouteBuilder api)
    {
        var upgrade = api.MapGroup("/groups/{group}/upgrade").WithTags("groups");
        upgrade.MapGet("", Get).WithSummary("The upgrade of a group that is under way").ProducesProblem(404);
        upgrade.MapPost("", StartAsync).WithSummary("Start engines of another version as shadows of those that run")
            .ProducesProblem(404).ProducesProblem(409).ProducesProblem(422);
        upgrade.MapPost("/handover", HandOverAsync).WithSummary("Hand the group over to the new version")
            .ProducesProblem(404).ProducesProblem(409);
        upgrade.MapPost("/rollback", RollBackAsync).WithSummary("Hand the group back to the version of before")
            .ProducesProblem(404).ProducesProblem(409);
        upgrade.MapDelete("", EndAsync).WithSummary("End the upgrade: the version that writes stays, the other one's engines end")
            .ProducesProblem(404).ProducesProblem(409);
    }

    private static Results<Ok<UpgradeResource>, ProblemHttpResult> Get(ClusterStateStore state, string group) =>
        state.Current.Find(group)?.Upgrade is { } upgrade
            ? TypedResults.Ok(upgrade)
            : Refusal.Of(RefusalKind.NotFound, "noUpgrade", $"No upgrade of a group '{group}' is under way.").ToProblem();

    private static async Task<Results<Accepted<OperationResource>, ProblemHttpResult>> StartAsync(
        HttpContext context, GroupUpgrades upgrades, string group, StartUpgradeRequest request, CancellationToken cancellation) =>
        Accepted(await upgrades.StartAsync(group, request, context.Actor(), cancellation));

    private static async Task<Results<Accepted<OperationResource>, ProblemHttpResult>> HandOverAsync(
        HttpContext context, GroupUpgrades upgrades, string group) =>
        Accepted(await upgrades.HandOverAsync(group, isBack: false, context.Actor()));

    private static async Task<Results<Accepted<OperationResource>, ProblemHttpResult>> RollBackAsync(
        HttpContext context, GroupUpgrades upgrades, string group) =>
        Accepted(await upgrades.HandOverAsync(group, isBack: true, context.Actor()));

    private static async Task<Results<Accepted<OperationResource>, ProblemHttpResult>> EndAsync(
        HttpContext context, GroupUpgrades upgrades, string group, CancellationToken cancellation) =>
        Accepted(await upgrades.EndAsync(group, context.Actor(), cancellation));

    private static Results<Accepted<OperationResource>, ProblemHttpResult> Accepted(Outcome<OperationResource> begun) =>
        begun.Value is { } operation
            ? TypedResults.Accepted($"/api/v1/operations/{operation.Id}", operation)
            : begun.Refusal!.ToProblem();
}
