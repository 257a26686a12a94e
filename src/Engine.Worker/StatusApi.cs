using System.Text.Json;
using System.Text.Json.Serialization;
using Lockstep.Engine.Worker.Logging;
using Lockstep.Engine.Worker.Running;
using Microsoft.Net.Http.Headers;
using OpenTelemetry.Metrics;

namespace Lockstep.Engine.Worker;

/// <summary>The worker's endpoints: GET /status, /health/live, /health/ready, /metrics, /snapshot, /log.</summary>
internal static class StatusApi
{
    /// <summary>JSON as in the manager's REST: camelCase names, enums as camelCase words.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Adds what the endpoints need.</summary>
    public static IServiceCollection AddStatusApi(this IServiceCollection services)
    {
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(WorkerMeter.Name)
            .AddPrometheusExporter());
        return services;
    }

    /// <summary>Maps the endpoints.</summary>
    /// <param name="app">The application.</param>
    /// <param name="board">Gives the status.</param>
    /// <param name="log">The newest log lines.</param>
    /// <param name="snapshot">Opens the snapshot of a journal sequence, or the newest for null; null when there is none.</param>
    public static void MapStatusApi(this WebApplication app, StatusBoard board, LogBuffer log, Func<long?, FileStream?> snapshot)
    {
        app.MapGet("/status", () => Results.Json(board.Now(), Json));
        app.MapGet("/health/live", () => Results.Text("live"));
        app.MapGet("/health/ready", () => board.IsReady
            ? Results.Text("ready")
            : Results.Text(board.Now().Reason ?? "not ready", statusCode: StatusCodes.Status503ServiceUnavailable));
        app.MapGet("/log", () => Results.Json(log.All(), Json));
        app.MapGet("/snapshot", (long? sequence) => snapshot(sequence) is { } file
            ? Results.Stream(file, "application/octet-stream", entityTag: TagOf(file), enableRangeProcessing: true)
            : Results.Text("This member has no such snapshot.", statusCode: StatusCodes.Status404NotFound));
        app.MapPrometheusScrapingEndpoint("/metrics");
    }

    /// <summary><c>"&lt;sequence&gt;-&lt;length&gt;"</c>: a peer whose transfer breaks off asks for the rest of this very file.</summary>
    private static EntityTagHeaderValue TagOf(FileStream file) =>
        new($"\"{Path.GetFileNameWithoutExtension(file.Name)}-{file.Length}\"");
}
