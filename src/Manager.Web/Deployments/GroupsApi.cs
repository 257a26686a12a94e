using System.Collections.Immutable;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Hubs;
using Lockstep.Manager.Web.Api;
using Lockstep.Manager.Web.Cluster;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>/api/v1/groups.</summary>
internal static class GroupsApi
{
    /// <summary>Maps it.</summary>
    public static void MapGroups(this IEndpointRouteBuilder api)
    {
        var groups = api.MapGroup("/groups").WithTags("groups");
        groups.MapGet("", List).WithSummary("HA groups by name");
        groups.MapPost("", CreateAsync)
            .WithSummary("Deploy an HA group; ?dryRun=true only checks request, model, topics and brokers")
            .ProducesProblem(409).ProducesProblem(422);
        groups.MapGet("/{group}", Get).WithSummary("A group: what was asked for and what is seen").ProducesProblem(404);
        groups.MapDelete("/{group}", DeleteAsync).WithSummary("Stop a group and forget it; topics and files stay")
            .ProducesProblem(404).ProducesProblem(412).ProducesProblem(428);
        groups.MapPost("/{group}/actions/{action}", ActAsync)
            .WithSummary("start, stop, switchover, restart or kill, of the group or of one member; ?dryRun=true only foretells")
            .ProducesProblem(404).ProducesProblem(409).ProducesProblem(422);
        groups.MapGet("/{group}/members", Members).WithSummary("Members by name").ProducesProblem(404);
        groups.MapGet("/{group}/members/{member}", Member).WithSummary("A member").ProducesProblem(404);
        groups.MapGet("/{group}/members/{member}/log", Log).WithSummary("A member's newest log lines").ProducesProblem(404);
    }

    private static Results<Ok<Page<GroupResource>>, ProblemHttpResult> List(
        HttpContext context, ClusterStateStore state, int? limit, string? cursor)
    {
        var page = Paging.Cut(context, state.Current.Groups, limit, cursor);
        return page.Value is { } items ? TypedResults.Ok(items) : page.Refusal!.ToProblem();
    }

    private static async Task<Results<Accepted<OperationResource>, Ok<DeployCheckResource>, ProblemHttpResult>> CreateAsync(
        HttpContext context, GroupDeployments deployments, CreateGroupRequest request, bool? dryRun, CancellationToken cancellation)
    {
        if (dryRun == true)
        {
            return TypedResults.Ok(await deployments.CheckAsync(request, cancellation));
        }

        var begun = await deployments.CreateAsync(request, context.Actor(), cancellation);
        return begun.Value is { } operation
            ? TypedResults.Accepted($"/api/v1/operations/{operation.Id}", operation)
            : begun.Refusal!.ToProblem();
    }

    private static Results<Ok<GroupResource>, ProblemHttpResult> Get(
        HttpContext context, ClusterStateStore state, DeploymentStore deployments, string group)
    {
        if (state.Current.Find(group) is not { } found)
        {
            return Unknown(group).ToProblem();
        }

        // The tag is that of what was asked for; what is seen changes all the time, so there is no 304.
        if (deployments.Groups.TryGetValue(group, out var record))
        {
            context.Response.SetETag(record.RowVersion);
        }

        return TypedResults.Ok(found);
    }

    private static async Task<Results<Accepted<OperationResource>, ProblemHttpResult>> DeleteAsync(
        HttpContext context, DeploymentStore store, GroupDeployments deployments, string group, CancellationToken cancellation)
    {
        if (store.Groups.TryGetValue(group, out var record)
            && Preconditions.Check(context.Request, record.RowVersion) is { } refused)
        {
            return refused.ToProblem();
        }

        return Accepted(await deployments.DeleteAsync(group, context.Actor(), cancellation));
    }

    private static async Task<Results<Accepted<OperationResource>, Ok<ForecastResource>, ProblemHttpResult>> ActAsync(
        HttpContext context, GroupActions actions, string group, string action, GroupActionRequest? request, bool? dryRun,
        CancellationToken cancellation)
    {
        if (dryRun == true)
        {
            return TypedResults.Ok(new ForecastResource(actions.Forecast(group, action, request?.Member)));
        }

        var begun = await actions.RunAsync(group, action, request?.Member, context.Actor(), cancellation);
        return begun.Value is { } operation
            ? TypedResults.Accepted($"/api/v1/operations/{operation.Id}", operation)
            : begun.Refusal!.ToProblem();
    }

    private static Results<Ok<Page<MemberResource>>, ProblemHttpResult> Members(ClusterStateStore state, string group) =>
        state.Current.Find(group) is { } found
            ? TypedResults.Ok(new Page<MemberResource>(found.Members, null))
            : Unknown(group).ToProblem();

    private static Results<Ok<MemberResource>, ProblemHttpResult> Member(ClusterStateStore state, string group, string member) =>
        state.Current.Find(group)?.Members.FirstOrDefault(m => m.Name == member) is { } found
            ? TypedResults.Ok(found)
            : UnknownMember(group, member).ToProblem();

    private static Results<Ok<ImmutableArray<WorkerLogLine>>, ProblemHttpResult> Log(
        ClusterStateStore state, MemberLogs logs, string group, string member) =>
        state.Current.Find(group)?.Members.Any(m => m.Name == member) == true
            ? TypedResults.Ok(logs.Of(group, member))
            : UnknownMember(group, member).ToProblem();

    private static Results<Accepted<OperationResource>, ProblemHttpResult> Accepted(Outcome<OperationResource> begun) =>
        begun.Value is { } operation
            ? TypedResults.Accepted($"/api/v1/operations/{operation.Id}", operation)
            : begun.Refusal!.ToProblem();

    private static Refusal Unknown(string group) =>
        Refusal.Of(RefusalKind.NotFound, "noSuchGroup", $"There is no group '{group}'.");

    private static Refusal UnknownMember(string group, string member) =>
        Refusal.Of(RefusalKind.NotFound, "noSuchMember", $"Group '{group}' has no member '{member}'.");
}
