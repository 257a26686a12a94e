using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lockstep.Manager.Web.Hubs;

/// <summary>The hubs of workers and of clients other than the console's pages.</summary>
internal static class HubsSetup
{
    private const int MaxReportBytes = 1024 * 1024;

    /// <summary>Adds them.</summary>
    public static IServiceCollection AddManagerHubs(this IServiceCollection services)
    {
        services.AddSignalR()
            .AddHubOptions<WorkersHub>(options => options.MaximumReceiveMessageSize = MaxReportBytes)
            .AddJsonProtocol(json => json.PayloadSerializerOptions.Converters.Add(
                new JsonStringEnumConverter(JsonNamingPolicy.CamelCase)));
        return services.AddSingleton<ConsoleConnections>();
    }

    /// <summary>Maps them.</summary>
    public static void MapManagerHubs(this WebApplication app)
    {
        app.MapHub<WorkersHub>("/hubs/workers").DisableRateLimiting().DisableAntiforgery();
        app.MapHub<ConsoleHub>("/hubs/console").RequireAuthorization();
    }
}
