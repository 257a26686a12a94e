using System.Collections.Immutable;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Expressions;

namespace Lockstep.Engine.Execution;

/// <summary>Collects everything wrong with a project, so that it comes back all at once.</summary>
internal sealed class ProblemList(string project)
{
    private readonly List<Problem> _problems = [];

    public bool HasErrors => _problems.Any(p => p.Severity == ProblemSeverity.Error);

    /// <summary>Adds an error; the path is <c>contquery/window</c>.</summary>
    public void Error(string code, string path, TextPosition position, string message) =>
        _problems.Add(new Problem(ProblemSeverity.Error, code, $"{project}/{path}", position, message));

    /// <summary>Compiles something; null when it does not compile: why is added as an error.</summary>
    /// <param name="path"><c>contquery/window</c>.</param>
    /// <param name="compile">Makes it, or throws <see cref="ExpressionException"/>.</param>
    public T? Try<T>(string path, Func<T> compile)
        where T : class
    {
        try
        {
            return compile();
        }
        catch (ExpressionException error)
        {
            Error(error.Code, path, error.Position, error.Message);
            return null;
        }
    }

    /// <summary>Adds a warning.</summary>
    public void Warning(string code, string path, TextPosition position, string message) =>
        _problems.Add(new Problem(ProblemSeverity.Warning, code, $"{project}/{path}", position, message));

    public ImmutableArray<Problem> ToImmutable() =>
        [.. _problems.OrderBy(p => p.Position.Line).ThenBy(p => p.Position.Column)];
}
