using System.Globalization;
using Lockstep.Manager.Web.Ui.Layout;
using Microsoft.AspNetCore.Hosting.StaticWebAssets;
using Microsoft.AspNetCore.Localization;
using MudBlazor;
using MudBlazor.Services;

namespace Lockstep.Manager.Web.Ui;

/// <summary>The console's frame as a part of the manager: services and endpoints.</summary>
internal static class ConsoleUi
{
    /// <summary>Languages that the console speaks; the first is the fallback.</summary>
    public static readonly string[] Languages = ["en", "de"];

    /// <summary>Razor components (interactive server), MudBlazor, texts and the state of a tab.</summary>
    public static IServiceCollection AddConsoleUi(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddMudServices(options => options.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomRight);
        services.AddLocalization();
        services.AddScoped<BrowserState>();
        return services;
    }

    /// <summary>The part is shown at the bottom of each page.</summary>
    public static IServiceCollection AddDock<TComponent>(this IServiceCollection services)
        where TComponent : Microsoft.AspNetCore.Components.IComponent =>
        services.AddSingleton(new DockPart(typeof(TComponent)));

    /// <summary>
    /// The first of our languages in an Accept-Language header, in the browser's order, else English. Regions are cut off
    /// here because without culture data <c>de-AT</c> has no parent <c>de</c>.
    /// </summary>
    internal static string LanguageOf(string acceptLanguage) => acceptLanguage.Split(',')
        .Select(part => part.Split(';', '-')[0].Trim())
        .FirstOrDefault(Languages.Contains) ?? Languages[0];

    /// <summary>Static assets and pages. Call it after authentication and authorization.</summary>
    public static RazorComponentsEndpointConventionBuilder MapConsoleUi(this WebApplication app)
    {
        var cultures = Languages.Select(CultureInfo.GetCultureInfo).ToArray();
        app.UseRequestLocalization(options =>
        {
            options.DefaultRequestCulture = new(cultures[0]);
            options.SupportedCultures = [cultures[0]]; // Numbers and times keep one form; only the words change.
            options.SupportedUICultures = cultures;
            options.RequestCultureProviders = [new CustomRequestCultureProvider(context => Task.FromResult<ProviderCultureResult?>(
                new ProviderCultureResult(Languages[0], LanguageOf(context.Request.Headers.AcceptLanguage.ToString()))))];
        });
        app.UseAntiforgery();
        // A build leaves the assets with their projects and packages (a publish gathers them, and this does nothing).
        StaticWebAssetsLoader.UseStaticWebAssets(app.Environment, app.Configuration);
        app.MapStaticAssets().AllowAnonymous();
        app.MapFallback("/{*path:nonfile}", (HttpContext context) => context.Request.Path.StartsWithSegments("/api")
            ? Results.NotFound() // Machines get a bare 404, people a page.
            : Results.LocalRedirect("/not-found"));
        return app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
