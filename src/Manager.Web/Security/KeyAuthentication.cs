using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Lockstep.Manager.Web.Security;

/// <summary>Signs in callers that show a bearer token, or a worker its key. What they show is never logged.</summary>
internal sealed class KeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, AccessKeys keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>Scheme name for bearer tokens.</summary>
    public const string Bearer = "Bearer";

    /// <summary>Scheme name for workers.</summary>
    public const string Worker = "Worker";

    /// <summary>The header with a worker's key.</summary>
    public const string WorkerHeader = "X-Lockstep-Worker-Key";

    /// <inheritdoc/>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Task.FromResult(Scheme.Name == Worker ? WorkerResult() : BearerResult());

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = Bearer;
        return Task.CompletedTask;
    }

    private AuthenticateResult BearerResult()
    {
        const string prefix = Bearer + " ";
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }

        return keys.NameOf(header[prefix.Length..].Trim()) is { } name
            ? Success(name)
            : AuthenticateResult.Fail("The token is not known.");
    }

    private AuthenticateResult WorkerResult()
    {
        // A hub client can't set headers on every transport; then it sends the key as its access token.
        var key = Request.Headers[WorkerHeader].ToString();
        if (key.Length == 0 && Request.Headers.Authorization.ToString() is { } header
            && header.StartsWith(Bearer + " ", StringComparison.OrdinalIgnoreCase))
        {
            key = header[(Bearer.Length + 1)..].Trim();
        }

        return key.Length == 0 ? AuthenticateResult.NoResult()
            : keys.IsWorkerKey(key) ? Success("worker")
            : AuthenticateResult.Fail("The worker key is not known.");
    }

    private AuthenticateResult Success(string name)
    {
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], Scheme.Name, ClaimTypes.Name, ClaimTypes.Role);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }
}
