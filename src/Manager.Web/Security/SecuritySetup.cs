using System.Threading.RateLimiting;
using Lockstep.Manager.Web.Options;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;

namespace Lockstep.Manager.Web.Security;

/// <summary>Who may do what: everything but health, login and static files needs a signed-in caller.</summary>
internal static class SecuritySetup
{
    /// <summary>Policy of the workers' hub.</summary>
    public const string WorkersOnly = "workers";

    /// <summary>Rate limit of the login page.</summary>
    public const string LoginLimit = "login";

    private const string Choice = "Choice";
    // Tokens have 256 bits: the limit is against load, not against guessing, and many people may share one address.
    private const int LoginsPerMinute = 120;
    private const int RequestsPerSecond = 200;
    private const int RequestBurst = 1_000;

    /// <summary>Adds authentication, authorization, rate limits and antiforgery.</summary>
    public static IServiceCollection AddManagerSecurity(this IServiceCollection services, ManagerOptions options)
    {
        services.AddSingleton<AccessKeys>();
        services.AddDataProtection().SetApplicationName("lockstep")
            .PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(options.DataFolder, "keys")));
        services.AddAuthentication(Choice)
            .AddPolicyScheme(Choice, null, choice => choice.ForwardDefaultSelector = context =>
                context.Request.Headers.ContainsKey(KeyAuthentication.WorkerHeader) ? KeyAuthentication.Worker
                : context.Request.Headers.Authorization.Count > 0 ? KeyAuthentication.Bearer
                : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(CookieOptions)
            .AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.Bearer, null)
            .AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.Worker, null);
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder(
                CookieAuthenticationDefaults.AuthenticationScheme, KeyAuthentication.Bearer).RequireAuthenticatedUser().Build())
            .AddPolicy(WorkersOnly, new AuthorizationPolicyBuilder(KeyAuthentication.Worker).RequireAuthenticatedUser().Build());
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = (context, _) =>
            {
                context.HttpContext.Response.Headers.RetryAfter = "60";
                return ValueTask.CompletedTask;
            };
            limiter.AddPolicy(LoginLimit, context => RateLimitPartition.GetFixedWindowLimiter(
                Address(context),
                _ => new FixedWindowRateLimiterOptions { PermitLimit = LoginsPerMinute, Window = TimeSpan.FromMinutes(1) }));
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
                context.Request.Path.StartsWithSegments("/api")
                    ? RateLimitPartition.GetTokenBucketLimiter(
                        (context.User.Identity?.Name ?? "") + "@" + Address(context),
                        _ => new TokenBucketRateLimiterOptions
                        {
                            TokenLimit = RequestBurst,
                            TokensPerPeriod = RequestsPerSecond,
                            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                        })
                    : RateLimitPartition.GetNoLimiter(""));
        });
        return services.AddAntiforgery();
    }

    /// <summary>Adds the middleware in its order: headers first, so that refusals have them too.</summary>
    public static WebApplication UseManagerSecurity(this WebApplication app)
    {
        app.UseMiddleware<SecurityHeaders>();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseMiddleware<SameOriginOnly>();
        app.UseAuthorization();
        app.UseAntiforgery();
        return app;
    }

    private static string Address(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "";

    private static void CookieOptions(CookieAuthenticationOptions cookie)
    {
        cookie.Cookie.Name = "lockstep";
        cookie.Cookie.HttpOnly = true;
        // Lax, not strict: the link that is printed at start is followed from elsewhere.
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.LoginPath = "/login";
        cookie.ReturnUrlParameter = "returnUrl";
        cookie.ExpireTimeSpan = TimeSpan.FromDays(7);
        cookie.SlidingExpiration = true;
        cookie.Events.OnRedirectToLogin = context => RedirectOrStatusAsync(context, StatusCodes.Status401Unauthorized);
        cookie.Events.OnRedirectToAccessDenied = context => RedirectOrStatusAsync(context, StatusCodes.Status403Forbidden);
    }

    private static Task RedirectOrStatusAsync(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        var path = context.Request.Path;
        if (path.StartsWithSegments("/api") || path.StartsWithSegments("/hubs") || path.StartsWithSegments("/openapi")
            || path.StartsWithSegments("/metrics"))
        {
            context.Response.StatusCode = status;
        }
        else
        {
            context.Response.Redirect(context.RedirectUri);
        }

        return Task.CompletedTask;
    }
}
