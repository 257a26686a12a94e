using System.Text.Json;
using System.Threading.Channels;
using Lockstep.Manager.Web.Api;
using Lockstep.Manager.Web.Cluster;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Lockstep.Manager.Web.Output;

/// <summary>/api/v1/groups/{group}/output: rows as NDJSON, one <c>OutputRow</c> a line.</summary>
internal static class OutputApi
{
    private static readonly TimeSpan QuietLimit = TimeSpan.FromSeconds(15);

    /// <summary>Maps it.</summary>
    public static void MapOutput(this IEndpointRouteBuilder api) =>
        api.MapGet("/groups/{group}/output", ReadAsync).WithTags("output")
            .WithSummary("Output rows from an offset or newest-N; follow=true goes on. Resume from the last offset seen")
            .Produces<string>(200, "application/x-ndjson").ProducesProblem(400).ProducesProblem(404);

    private static async Task ReadAsync(
        HttpContext context, ClusterStateStore state, OutputTail tail, IOptions<JsonOptions> json, TimeProvider time,
        string group, string? from, bool? follow, CancellationToken cancellation)
    {
        var start = OutputFrom.Parse(from);
        var refusal = start is null
            ? Refusal.Of(RefusalKind.Malformed, "from", "from is an offset, newest-N or newest.")
            : state.Current.Find(group) is null
                ? Refusal.Of(RefusalKind.NotFound, "noSuchGroup", $"There is no group '{group}'.")
                : null;
        if (refusal is not null)
        {
            await refusal.ToProblem().ExecuteAsync(context);
            return;
        }

        context.Response.ContentType = "application/x-ndjson; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await using var viewer = tail.Open(group, start!, isLossless: true);
        // The headers go out at once: a caller that follows a quiet group knows that it is connected.
        await context.Response.Body.FlushAsync(cancellation);
        var end = long.MaxValue;
        while (await NextAsync(viewer.Reader, follow == true, time, cancellation) is { } batch)
        {
            // What was newest when the tail was opened is where a caller that does not follow is done.
            end = follow == true ? end : Math.Min(end, batch.NewestOffset);
            foreach (var row in batch.Rows)
            {
                await JsonSerializer.SerializeAsync(context.Response.Body, row, json.Value.SerializerOptions, cancellation);
                await context.Response.Body.WriteAsync("\n"u8.ToArray(), cancellation);
            }

            await context.Response.Body.FlushAsync(cancellation);
            var position = batch.Rows.Count > 0 ? batch.Rows[^1].Offset : (start!.Offset ?? 0) - 1;
            if (follow != true && (position >= end || start!.Newest == 0))
            {
                return;
            }
        }
    }

    /// <summary>The next batch; null at the end: of the tail, or, when not following, of what is there now.</summary>
    private static async Task<OutputBatch?> NextAsync(
        ChannelReader<OutputBatch> reader, bool isFollowing, TimeProvider time, CancellationToken cancellation)
    {
        if (reader.TryRead(out var ready))
        {
            return ready;
        }

        try
        {
            var waiting = reader.WaitToReadAsync(cancellation).AsTask();
            return await (isFollowing ? waiting : waiting.WaitAsync(QuietLimit, time, cancellation)) && reader.TryRead(out var next)
                ? next
                : null;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
