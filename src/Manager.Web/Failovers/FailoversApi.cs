using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Api;
using Lockstep.Manager.Web.Cluster;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lockstep.Manager.Web.Failovers;

/// <summary>/api/v1/groups/{group}/failovers: the list, one, and its report.</summary>
internal static class FailoversApi
{
    private const string Markdown = "text/markdown";

    /// <summary>Maps it.</summary>
    public static void MapFailovers(this IEndpointRouteBuilder api)
    {
        api.MapGet("/groups/{group}/ledger", Ledger).WithTags("failovers")
            .WithSummary("Continuity of the output since deploy, with every gap").ProducesProblem(404);
        var failovers = api.MapGroup("/groups/{group}/failovers").WithTags("failovers");
        failovers.MapGet("", List).WithSummary("Failovers and switchovers, newest first").ProducesProblem(404);
        failovers.MapGet("/{number:int}", One).WithSummary("A failover").ProducesProblem(404);
        failovers.MapGet("/{number:int}/report", ReportAsync)
            .WithSummary("Its report: phases, znodes, logs, ids, verdict; with Accept: text/markdown as text")
            .Produces<FailoverReportResource>().Produces<string>(200, Markdown).ProducesProblem(404);
        failovers.MapGet("/{number:int}/report.md", MarkdownAsync)
            .WithSummary("Its report as Markdown").Produces<string>(200, Markdown).ProducesProblem(404);
    }

    private static Results<Ok<LedgerResource>, ProblemHttpResult> Ledger(ClusterStateStore state, string group) =>
        state.Current.Find(group) is { } found
            ? TypedResults.Ok(found.Ledger)
            : Refusal.Of(RefusalKind.NotFound, "noSuchGroup", $"There is no group '{group}'.").ToProblem();

    private static Results<Ok<Page<FailoverResource>>, ProblemHttpResult> List(
        HttpContext context, ClusterStateStore state, FailoverRecorder recorder, string group, int? limit, string? cursor)
    {
        if (state.Current.Find(group) is null)
        {
            return Refusal.Of(RefusalKind.NotFound, "noSuchGroup", $"There is no group '{group}'.").ToProblem();
        }

        var page = Paging.Cut(context, recorder.Of(group), limit, cursor);
        return page.Value is { } items ? TypedResults.Ok(items) : page.Refusal!.ToProblem();
    }

    private static Results<Ok<FailoverResource>, ProblemHttpResult> One(FailoverRecorder recorder, string group, int number) =>
        recorder.Of(group).FirstOrDefault(f => f.Number == number) is { } found
            ? TypedResults.Ok(found)
            : Refusal.Of(RefusalKind.NotFound, "noSuchFailover", $"Group '{group}' has no failover {number}.").ToProblem();

    private static async Task<IResult> ReportAsync(
        HttpContext context, FailoverReports reports, string group, int number, CancellationToken cancellation)
    {
        context.Response.Headers.Vary = "Accept";
        return await reports.FindAsync(group, number, cancellation) switch
        {
            null => Missing(group, number),
            var found when WantsMarkdown(context.Request) => TypedResults.Text(ReportMarkdown.Of(found), Markdown),
            var found => TypedResults.Ok(found),
        };
    }

    private static async Task<IResult> MarkdownAsync(
        FailoverReports reports, string group, int number, CancellationToken cancellation) =>
        await reports.FindAsync(group, number, cancellation) is { } found
            ? TypedResults.Text(ReportMarkdown.Of(found), Markdown)
            : Missing(group, number);

    private static bool WantsMarkdown(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains(Markdown, StringComparison.OrdinalIgnoreCase);

    private static ProblemHttpResult Missing(string group, int number) => Refusal.Of(
        RefusalKind.NotFound, "noSuchReport",
        $"There is no report of failover {number} of group '{group}': no such failover, or an old one whose report is gone.").ToProblem();
}
