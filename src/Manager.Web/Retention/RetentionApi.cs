using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Api;
using Lockstep.Manager.Web.Deployments;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lockstep.Manager.Web.Retention;

/// <summary>/api/v1/groups/{group}/retention.</summary>
internal static class RetentionApi
{
    /// <summary>Maps it.</summary>
    public static void MapRetention(this IEndpointRouteBuilder api) =>
        api.MapGet("/groups/{group}/retention", GetAsync).WithTags("groups")
            .WithSummary("How far back a restarted engine can rebuild, and what of topics and brokers endangers it; looked at now")
            .ProducesProblem(404).ProducesProblem(503);

    private static async Task<Results<Ok<RetentionResource>, ProblemHttpResult>> GetAsync(
        DeploymentStore deployments, RetentionWatch watch, string group, CancellationToken cancellation) =>
        deployments.Groups.TryGetValue(group, out var record) && await watch.LookAsync(record.Spec, cancellation) is { } found
            ? TypedResults.Ok(found)
            : Refusal.Of(RefusalKind.NotFound, "noSuchGroup", $"There is no group '{group}'.").ToProblem();
}
