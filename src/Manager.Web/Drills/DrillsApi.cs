using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Api;
using Lockstep.Manager.Web.Cluster;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lockstep.Manager.Web.Drills;

/// <summary>/api/v1/groups/{group}/drills.</summary>
internal static class DrillsApi
{
    /// <summary>Maps it.</summary>
    public static void MapDrills(this IEndpointRouteBuilder api)
    {
        var drills = api.MapGroup("/groups/{group}/drills").WithTags("drills");
        drills.MapGet("", Get).WithSummary("A group's scheduled kills of its active engine").ProducesProblem(404);
        drills.MapPut("", PutAsync).WithSummary("Switch them on or off; also ends an alarm").ProducesProblem(404).ProducesProblem(422);
        drills.MapGet("/runs", Runs).WithSummary("Drills that were due, newest first").ProducesProblem(404);
    }

    private static Results<Ok<DrillPlanResource>, ProblemHttpResult> Get(ClusterStateStore state, DrillStore drills, string group) =>
        state.Current.Find(group) is null ? Unknown(group) : TypedResults.Ok(DrillStore.Resource(drills.Of(group)));

    private static async Task<Results<Ok<DrillPlanResource>, ProblemHttpResult>> PutAsync(
        HttpContext context, DrillStore drills, string group, DrillPlanRequest plan, CancellationToken cancellation)
    {
        var set = await drills.PlanAsync(group, plan, context.Actor(), cancellation);
        return set.Value is { } resource ? TypedResults.Ok(resource) : set.Refusal!.ToProblem();
    }

    private static Results<Ok<Page<DrillRunResource>>, ProblemHttpResult> Runs(
        HttpContext context, ClusterStateStore state, DrillStore drills, string group, int? limit, string? cursor)
    {
        if (state.Current.Find(group) is null)
        {
            return Unknown(group);
        }

        var page = Paging.Cut(context, [.. Enumerable.Reverse(drills.Of(group).Runs)], limit, cursor);
        return page.Value is { } items ? TypedResults.Ok(items) : page.Refusal!.ToProblem();
    }

    private static ProblemHttpResult Unknown(string group) =>
        Refusal.Of(RefusalKind.NotFound, "noSuchGroup", $"There is no group '{group}'.").ToProblem();
}
