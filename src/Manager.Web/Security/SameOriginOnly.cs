using Microsoft.AspNetCore.Authentication.Cookies;

namespace Lockstep.Manager.Web.Security;

/// <summary>Refuses writes that a browser sends with our cookie from another site's page.</summary>
internal sealed class SameOriginOnly(RequestDelegate next)
{
    /// <summary>Checks and goes on.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var isWrite = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
            && !HttpMethods.IsOptions(request.Method);
        var byCookie = context.User.Identity?.AuthenticationType == CookieAuthenticationDefaults.AuthenticationScheme;
        if (isWrite && byCookie && request.Headers.Origin.ToString() is { Length: > 0 } origin
            && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        return next(context);
    }
}
