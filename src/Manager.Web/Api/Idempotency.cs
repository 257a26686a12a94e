using System.Security.Cryptography;
using System.Text;
using Lockstep.Manager.Web.Storage;

namespace Lockstep.Manager.Web.Api;

/// <summary>
/// A POST with an Idempotency-Key is carried out once: the same key and request give the stored answer for 24 hours,
/// another request under the key is refused (422), and one that still runs too (409).
/// </summary>
internal sealed class Idempotency(RequestDelegate next, AccessStorage storage, TimeProvider time)
{
    /// <summary>The header.</summary>
    public const string Header = "Idempotency-Key";

    private const int MaxKeyLength = 255;
    private const int MaxBodyBytes = 32 * 1024 * 1024;
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>Answers from the store, or goes on and stores the answer.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var key = context.Request.Headers[Header].ToString();
        if (key.Length == 0 || !HttpMethods.IsPost(context.Request.Method) || context.User.Identity?.IsAuthenticated != true)
        {
            await next(context);
            return;
        }

        if (key.Length > MaxKeyLength)
        {
            await RefuseAsync(context, Refusal.Of(RefusalKind.Malformed, "idempotencyKey", "The key has at most 255 characters."));
            return;
        }

        var row = new IdempotencyRow
        {
            Key = $"{context.User.Identity.Name}/{key}",
            RequestHash = await HashAsync(context),
            CreatedAt = time.GetUtcNow(),
        };
        if (await storage.TakeKeyAsync(row, Kept, context.RequestAborted) is { } earlier)
        {
            await AnswerAgainAsync(context, row, earlier);
            return;
        }

        await CarryOutAsync(context, row);
    }

    private static async Task<string> HashAsync(HttpContext context)
    {
        context.Request.EnableBuffering(64 * 1024, MaxBodyBytes);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}\n"));
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            hash.AppendData(buffer, 0, read);
        }

        context.Request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task AnswerAgainAsync(HttpContext context, IdempotencyRow row, IdempotencyRow earlier)
    {
        if (earlier.RequestHash != row.RequestHash)
        {
            await RefuseAsync(context, Refusal.Of(
                RefusalKind.Invalid, "idempotencyKeyReused", "This key was used for another request; take a new one."));
            return;
        }

        if (earlier.Status == 0)
        {
            await RefuseAsync(context, Refusal.Of(
                RefusalKind.Conflict, "idempotencyRunning", "The first request with this key still runs; ask again."));
            return;
        }

        context.Response.StatusCode = earlier.Status;
        context.Response.ContentType = earlier.ContentType;
        if (earlier.Location is not null)
        {
            context.Response.Headers.Location = earlier.Location;
        }

        await context.Response.Body.WriteAsync(earlier.Body, context.RequestAborted);
    }

    private async Task CarryOutAsync(HttpContext context, IdempotencyRow row)
    {
        var original = context.Response.Body;
        using var kept = new MemoryStream();
        context.Response.Body = kept;
        var isAnswered = false;
        try
        {
            await next(context);
            isAnswered = context.Response.StatusCode < StatusCodes.Status500InternalServerError;
        }
        finally
        {
            context.Response.Body = original;
            if (!isAnswered)
            {
                // A failed request may be tried again under its key. Not cancelled with the request: the key must go.
                await storage.FreeKeyAsync(row.Key, CancellationToken.None);
            }
        }

        row.Status = context.Response.StatusCode;
        row.ContentType = context.Response.ContentType;
        row.Location = context.Response.Headers.Location;
        row.Body = kept.ToArray();
        if (isAnswered)
        {
            await storage.KeepAnswerAsync(row, CancellationToken.None);
        }

        await original.WriteAsync(row.Body, context.RequestAborted);
    }

    private static Task RefuseAsync(HttpContext context, Refusal refusal) => refusal.ToProblem().ExecuteAsync(context);
}
