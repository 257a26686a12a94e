using System.Globalization;

namespace Lockstep.Manager.Web.Api;

/// <summary>Strong ETags from row versions, and If-Match.</summary>
internal static class Preconditions
{
    /// <summary>Sets the ETag of an answer.</summary>
    public static void SetETag(this HttpResponse response, long rowVersion) => response.Headers.ETag = TagOf(rowVersion);

    /// <summary>Checks If-Match of a write.</summary>
    /// <returns>Null when it may go on; 428 without the header, 412 when another version is there.</returns>
    public static Refusal? Check(HttpRequest request, long rowVersion)
    {
        var given = request.Headers.IfMatch.ToString();
        return given.Length == 0
            ? Refusal.Of(RefusalKind.PreconditionMissing, "ifMatchMissing",
                "Send If-Match with the ETag that a GET gave, or * for whatever is there.")
            : given == "*" || given.Split(',').Any(tag => tag.Trim() == TagOf(rowVersion))
                ? null
                : Refusal.Of(RefusalKind.Changed, "versionMismatch", $"It is at version {TagOf(rowVersion)} now; read it again.");
    }

    /// <summary>True when If-None-Match has this tag: answer 304.</summary>
    public static bool IsKnown(HttpRequest request, string tag) =>
        request.Headers.IfNoneMatch.ToString() is { Length: > 0 } given
        && (given == "*" || given.Split(',').Any(t => t.Trim() == tag));

    /// <summary>The strong ETag of a row version.</summary>
    public static string TagOf(long rowVersion) => string.Create(CultureInfo.InvariantCulture, $"\"{rowVersion}\"");
}
