using System.Collections.Immutable;
using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Execution;

/// <summary>Collects everything wrong with a project, so that it comes back all at once.</summary>
internal sealed class ProblemList(string project)
{
    private readonly List<Problem> _problems = [];

    public bool HasErrors => _problems.Any(p => p.Severity == ProblemSeverity.Error);

    /// <summary>Adds an error; the path is <c>contquery/window</c>.</summary>
    public void Error(string code, string path, TextPosition position, string message) =>
        _problems.Add(new Problem(ProblemSeverity.Error, code, $"{project}/{path}", position, message));

    /// <summary>Adds a warning.</summary>
    public void Warning(string code, string path, TextPosition position, string message) =>
        _problems.Add(new Problem(ProblemSeverity.Warning, code, $"{project}/{path}", position, message));

    public ImmutableArray<Problem> ToImmutable() =>
        [.. _problems.OrderBy(p => p.Position.Line).ThenBy(p => p.Position.Column)];
}
