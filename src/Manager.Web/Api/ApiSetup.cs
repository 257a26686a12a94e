using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Deployments;
using Lockstep.Manager.Web.Drills;
using Lockstep.Manager.Web.Failovers;
using Lockstep.Manager.Web.Operations;
using Lockstep.Manager.Web.Output;
using Lockstep.Manager.Web.Projects;
using Lockstep.Manager.Web.Retention;
using Microsoft.AspNetCore.WebUtilities;
using Scalar.AspNetCore;

namespace Lockstep.Manager.Web.Api;

/// <summary>REST under /api/v1: conventions of all resources, and where each feature maps its own.</summary>
internal static class ApiSetup
{
    /// <summary>Adds problem+json, JSON conventions and the OpenAPI document.</summary>
    public static IServiceCollection AddManagerApi(this IServiceCollection services)
    {
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            var problem = context.ProblemDetails;
            if (problem.Status == StatusCodes.Status413PayloadTooLarge)
            {
                problem.Detail = "The request is too large; a model has at most 16 MiB.";
            }

            problem.Extensions["traceId"] = Activity.Current?.Id ?? context.HttpContext.TraceIdentifier;
            if (!problem.Extensions.ContainsKey("code") && problem.Status is { } status)
            {
                var code = JsonNamingPolicy.CamelCase.ConvertName(
                    ReasonPhrases.GetReasonPhrase(status).Replace(" ", "", StringComparison.Ordinal));
                problem.Extensions["code"] = code;
                problem.Type = Refusals.TypePrefix + code;
            }
        });
        services.AddExceptionHandler<UnexpectedErrors>();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        return services.AddOpenApi("v1", options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Lockstep";
            document.Info.Version = "v1";
            document.Info.Description = "Publish models, deploy HA groups, watch and act on them.";
            document.Servers?.Clear();
            return Task.CompletedTask;
        }));
    }

    /// <summary>Adds the middleware of the API's own paths.</summary>
    public static WebApplication UseManagerApi(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/api") || context.Request.Path.StartsWithSegments("/hubs"),
            api => api.UseStatusCodePages());
        return app;
    }

    /// <summary>Maps all resources, the OpenAPI document and its page.</summary>
    public static void MapManagerApi(this WebApplication app)
    {
        var api = app.MapGroup("/api/v1").RequireAuthorization().DisableAntiforgery();
        api.MapProjects();
        api.MapGroups();
        api.MapFailovers();
        api.MapDrills();
        api.MapUpgrades();
        api.MapRetention();
        api.MapOutput();
        api.MapBus();
        api.MapOperations();
        app.MapOpenApi().RequireAuthorization();
        app.MapScalarApiReference("/api/docs", page => page.WithTitle("Lockstep REST").DisableDefaultFonts()).RequireAuthorization();
    }

    /// <summary>The actor of a request's acts.</summary>
    public static string Actor(this HttpContext context) => context.User.Identity?.Name ?? "unknown";
}
