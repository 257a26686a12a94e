using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;

namespace Lockstep.Manager.Web.Security;

/// <summary>/login and /logout: plain pages outside of any circuit, usable without script.</summary>
internal static class LoginPage
{
    /// <summary>Maps them.</summary>
    public static void MapLogin(this IEndpointRouteBuilder app)
    {
        var login = app.MapGroup("/login").AllowAnonymous().RequireRateLimiting(SecuritySetup.LoginLimit).ExcludeFromDescription();
        login.MapGet("", (Delegate)ShowAsync);
        login.MapPost("", (Delegate)EnterAsync);
        app.MapPost("/logout", (Delegate)LeaveAsync).ExcludeFromDescription();
    }

    /// <summary>The address, if it is a path of this site; else the first page.</summary>
    internal static string LocalOnly(string? address) =>
        address is ['/', ..] and not ['/', '/' or '\\', ..] && !address.Any(char.IsControl) ? address : "/";

    private static async Task<IResult> ShowAsync(
        HttpContext context, AccessKeys keys, IAntiforgery antiforgery, string? token = null, string? returnUrl = null)
    {
        if (token is not null && keys.NameOf(token) is { } name)
        {
            await SignInAsync(context, name);
            return Results.LocalRedirect(LocalOnly(returnUrl));
        }

        return Page(context, antiforgery, returnUrl, isWrong: token is not null);
    }

    private static async Task<IResult> EnterAsync(
        HttpContext context, AccessKeys keys, IAntiforgery antiforgery,
        [FromForm] string? token = null, [FromForm] string? returnUrl = null)
    {
        if (keys.NameOf((token ?? "").Trim()) is not { } name)
        {
            return Page(context, antiforgery, returnUrl, isWrong: true);
        }

        await SignInAsync(context, name);
        return Results.LocalRedirect(LocalOnly(returnUrl));
    }

    private static async Task<IResult> LeaveAsync(HttpContext context)
    {
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return Results.LocalRedirect("/login");
    }

    private static Task SignInAsync(HttpContext context, string name)
    {
        const string scheme = CookieAuthenticationDefaults.AuthenticationScheme;
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], scheme, ClaimTypes.Name, ClaimTypes.Role);
        return context.SignInAsync(scheme, new ClaimsPrincipal(identity), new AuthenticationProperties { IsPersistent = true });
    }

    private static IResult Page(HttpContext context, IAntiforgery antiforgery, string? returnUrl, bool isWrong)
    {
        var tokens = antiforgery.GetAndStoreTokens(context);
        var encode = HtmlEncoder.Default;
        var html = $$"""
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <meta name="color-scheme" content="light dark">
              <title>Sign in - Lockstep</title>
              <style>
                body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 12vh auto; padding: 0 1rem; }
                label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit; }
                input, button { padding: .5rem .75rem; margin: .25rem 0 1rem; border: 1px solid; border-radius: 6px; }
                button { background: #1d5fbf; color: #fff; border-color: #1d5fbf; cursor: pointer; }
                :focus-visible { outline: 2px solid #1d5fbf; outline-offset: 2px; }
                .wrong { border-left: 4px solid #b3261e; padding-left: .75rem; }
              </style>
            </head>
            <body>
              <main>
                <h1>Lockstep</h1>
                {{(isWrong ? "<p class=\"wrong\" role=\"alert\">That token is not known. Look for the newest link that the manager printed.</p>" : "")}}
                <form method="post" action="/login">
                  <label for="token">Token</label>
                  <input id="token" name="token" type="password" autocomplete="current-password" required autofocus
                         aria-describedby="where">
                  <p id="where">It is in the link that the manager prints when it starts, and in the file admin-token of its data folder.</p>
                  <input type="hidden" name="returnUrl" value="{{encode.Encode(LocalOnly(returnUrl))}}">
                  <input type="hidden" name="{{encode.Encode(tokens.FormFieldName)}}" value="{{encode.Encode(tokens.RequestToken!)}}">
                  <button type="submit">Sign in</button>
                </form>
              </main>
            </body>
            </html>
            """;
        return Results.Content(
            html, "text/html; charset=utf-8", null,
            isWrong ? StatusCodes.Status401Unauthorized : StatusCodes.Status200OK);
    }
}
