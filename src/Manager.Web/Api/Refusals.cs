using Lockstep.Contracts.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lockstep.Manager.Web.Api;

/// <summary>Turns refusals into problem+json (RFC 9457): one place for statuses, types and codes.</summary>
internal static class Refusals
{
    /// <summary>Prefix of a problem's type; the code follows.</summary>
    public const string TypePrefix = "urn:lockstep:problem:";

    /// <summary>HTTP status of a kind.</summary>
    public static int StatusOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Malformed => StatusCodes.Status400BadRequest,
        RefusalKind.NotFound => StatusCodes.Status404NotFound,
        RefusalKind.Conflict => StatusCodes.Status409Conflict,
        RefusalKind.Changed => StatusCodes.Status412PreconditionFailed,
        RefusalKind.Invalid => StatusCodes.Status422UnprocessableEntity,
        RefusalKind.PreconditionMissing => StatusCodes.Status428PreconditionRequired,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    /// <summary>The answer of a refusal.</summary>
    public static ProblemHttpResult ToProblem(this Refusal refusal)
    {
        var extensions = new Dictionary<string, object?> { ["code"] = refusal.Code };
        if (refusal.Problems.Count > 0)
        {
            extensions["errors"] = refusal.Problems;
        }

        return TypedResults.Problem(
            detail: refusal.Message, statusCode: StatusOf(refusal.Kind), title: TitleOf(refusal.Kind),
            type: TypePrefix + refusal.Code, extensions: extensions);
    }

    /// <summary>A list of one problem, for refusals that are about one field.</summary>
    public static IReadOnlyList<ProblemResource> About(string code, string pointer, string message) =>
        [new ProblemResource("error", code, pointer, 0, 0, message)];

    private static string TitleOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Malformed => "The request can't be read.",
        RefusalKind.NotFound => "There is no such thing.",
        RefusalKind.Conflict => "The state does not allow it.",
        RefusalKind.Changed => "It has been changed meanwhile.",
        RefusalKind.Invalid => "What was given is invalid.",
        RefusalKind.PreconditionMissing => "Say which version is meant by If-Match.",
        _ => "Something that is needed is out of reach.",
    };
}
