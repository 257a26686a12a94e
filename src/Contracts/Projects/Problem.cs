namespace Lockstep.Contracts.Projects;

/// <summary>How bad a problem is.</summary>
public enum ProblemSeverity
{
    /// <summary>It runs, but something is worth knowing.</summary>
    Warning,

    /// <summary>It cannot run.</summary>
    Error,
}

/// <summary>One thing wrong with what a user gave; they come back all together.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Code">Stable code, such as <c>LS1003</c>; all are listed in docs/reference/diagnostics.md.</param>
/// <param name="Path">Where in the thing: for a model <c>project/contquery/window/...</c>.</param>
/// <param name="Position">Line and column in the text.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record Problem(ProblemSeverity Severity, string Code, string Path, TextPosition Position, string Message)
{
    /// <summary><c>12:7 error LS1003 project/cq/w: message</c>.</summary>
    public override string ToString() =>
        $"{Position.Line}:{Position.Column} {(Severity == ProblemSeverity.Error ? "error" : "warning")} {Code} {Path}: {Message}";

    /// <summary>Makes warnings of the problems from an index on: they are of a part that is not started.</summary>
    internal static void SoftenFrom(List<Problem> problems, int first)
    {
        for (var i = first; i < problems.Count; i++)
        {
            problems[i] = problems[i] with { Severity = ProblemSeverity.Warning };
        }
    }
}
