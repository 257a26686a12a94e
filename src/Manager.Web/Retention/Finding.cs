using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Retention;

/// <summary>Something about a topic or broker that a person should know.</summary>
/// <param name="Code">LS5006 or LS5007.</param>
/// <param name="IsError">True: the group can't run like this.</param>
/// <param name="Subject">Topic or broker.</param>
/// <param name="Rule">Which rule found it: with the subject it says whether two findings are the same one, though numbers have changed.</param>
/// <param name="Message">What, where, what to do.</param>
internal sealed record Finding(string Code, bool IsError, string Subject, string Rule, string Message)
{
    /// <summary>As REST gives it.</summary>
    public ProblemResource Problem => new(IsError ? "error" : "warning", Code, Subject, 0, 0, Message);
}
