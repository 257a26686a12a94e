using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>/api/v1/topics and /api/v1/znodes.</summary>
internal static class BusApi
{
    /// <summary>Maps them.</summary>
    public static void MapBus(this IEndpointRouteBuilder api)
    {
        var topics = api.MapGroup("/topics").WithTags("bus");
        topics.MapGet("", TopicsAsync).WithSummary("Topics of the deployed groups").ProducesProblem(503);
        topics.MapGet("/{topic}", TopicAsync).WithSummary("A topic").ProducesProblem(404).ProducesProblem(503);
        api.MapGet("/znodes/{*path}", Znode).WithTags("bus").WithSummary("A znode below /ESP, as last seen").ProducesProblem(404);
    }

    private static async Task<Results<Ok<Page<TopicResource>>, ProblemHttpResult>> TopicsAsync(
        HttpContext context, TopicCatalog catalog, int? limit, string? cursor, CancellationToken cancellation)
    {
        var page = Paging.Cut(context, await catalog.ListAsync(cancellation), limit, cursor);
        return page.Value is { } items ? TypedResults.Ok(items) : page.Refusal!.ToProblem();
    }

    private static async Task<Results<Ok<TopicResource>, ProblemHttpResult>> TopicAsync(
        TopicCatalog catalog, string topic, CancellationToken cancellation) =>
        await catalog.FindAsync(topic, cancellation) is { } found
            ? TypedResults.Ok(found)
            : Refusal.Of(RefusalKind.NotFound, "noSuchTopic", $"There is no topic '{topic}'.").ToProblem();

    private static Results<Ok<ZnodeResource>, ProblemHttpResult> Znode(ZnodeWatcher watcher, string? path) =>
        watcher.Current.Nodes.TryGetValue("/" + path?.Trim('/'), out var node)
            ? TypedResults.Ok(node)
            : Refusal.Of(RefusalKind.NotFound, "noSuchZnode", $"There is no znode '/{path}' below /ESP.").ToProblem();
}
