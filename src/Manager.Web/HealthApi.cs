using Lockstep.Manager.Web.Cluster;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry.Metrics;

namespace Lockstep.Manager.Web;

/// <summary>/health/live, /health/ready and /metrics.</summary>
internal static class HealthApi
{
    private const string Ready = "ready";

    /// <summary>Adds checks and metrics.</summary>
    public static IServiceCollection AddManagerHealth(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<BusCheck>("bus", tags: [Ready]);
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", ClusterMetrics.MeterName)
            .AddPrometheusExporter());
        return services.AddSingleton<ClusterMetrics>();
    }

    /// <summary>Maps them: live says that the process answers, ready that the bus was found and groups are tended.</summary>
    public static void MapManagerHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false })
            .AllowAnonymous().DisableRateLimiting();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready) })
            .AllowAnonymous().DisableRateLimiting();
        app.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization();
        app.Services.GetRequiredService<ClusterMetrics>();
    }

    private sealed class BusCheck(BusAddress bus) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(bus.Current is null
                ? HealthCheckResult.Unhealthy("The bus is not up yet.")
                : HealthCheckResult.Healthy());
    }
}
