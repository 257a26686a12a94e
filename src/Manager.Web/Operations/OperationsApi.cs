using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lockstep.Manager.Web.Operations;

/// <summary>/api/v1/operations.</summary>
internal static class OperationsApi
{
    /// <summary>Maps it.</summary>
    public static void MapOperations(this IEndpointRouteBuilder api)
    {
        var operations = api.MapGroup("/operations").WithTags("operations");
        operations.MapGet("", List).WithSummary("The newest operations first");
        operations.MapGet("/{id:guid}", Get).WithSummary("An operation").ProducesProblem(404);
    }

    private static Results<Ok<Page<OperationResource>>, ProblemHttpResult> List(
        HttpContext context, OperationStore store, string? group, int? limit, string? cursor)
    {
        var all = store.Current;
        var wanted = group is null ? all : [.. all.Where(o => o.Group == group)];
        var page = Paging.Cut(context, wanted, limit, cursor);
        return page.Value is { } items ? TypedResults.Ok(items) : page.Refusal!.ToProblem();
    }

    private static Results<Ok<OperationResource>, ProblemHttpResult> Get(OperationStore store, Guid id) =>
        store.Find(id) is { } operation
            ? TypedResults.Ok(operation)
            : Refusal.Of(RefusalKind.NotFound, "noSuchOperation", $"There is no operation {id} among the newest.").ToProblem();
}
