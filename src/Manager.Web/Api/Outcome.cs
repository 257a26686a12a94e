using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Api;

/// <summary>Why an act was refused. Each kind has one HTTP status.</summary>
internal enum RefusalKind
{
    /// <summary>400: malformed.</summary>
    Malformed,

    /// <summary>404: no such thing.</summary>
    NotFound,

    /// <summary>409: the state does not allow it.</summary>
    Conflict,

    /// <summary>412: somebody else has changed it.</summary>
    Changed,

    /// <summary>422: well-formed but invalid.</summary>
    Invalid,

    /// <summary>428: If-Match is missing.</summary>
    PreconditionMissing,

    /// <summary>503: the bus or a member is out of reach.</summary>
    OutOfReach,
}

/// <summary>A refusal that a user can understand.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Code">Stable code, such as <c>groupExists</c>.</param>
/// <param name="Message">What is wrong and what to do, as a sentence.</param>
/// <param name="Problems">All problems of what was given; empty when the message says it all.</param>
internal sealed record Refusal(RefusalKind Kind, string Code, string Message, IReadOnlyList<ProblemResource> Problems)
{
    /// <summary>A refusal without a list of problems.</summary>
    public static Refusal Of(RefusalKind kind, string code, string message) => new(kind, code, message, []);
}

/// <summary>What an act gave: a value, or why it was refused. Exactly one of the two is there.</summary>
/// <param name="Value">The value; null when refused.</param>
/// <param name="Refusal">Why it was refused; null when it was not.</param>
internal sealed record Outcome<T>(T? Value, Refusal? Refusal)
    where T : class
{
    /// <summary>Done.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, null);

    /// <summary>Refused.</summary>
    public static implicit operator Outcome<T>(Refusal refusal) => new(null, refusal);
}
