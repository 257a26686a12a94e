namespace Lockstep.Contracts.Projects.Validation;

/// <summary>Collects problems.</summary>
internal sealed class ProblemList
{
    public List<Problem> Problems { get; } = [];

    public void Error(string code, string path, TextPosition position, string message) =>
        Problems.Add(new Problem(ProblemSeverity.Error, code, path, position, message));

    public void Warn(string code, string path, TextPosition position, string message) =>
        Problems.Add(new Problem(ProblemSeverity.Warning, code, path, position, message));

    /// <summary>Reports each item that has the name of an earlier one.</summary>
    public void Duplicates<T>(IEnumerable<T> items, Func<T, string> name, Func<T, TextPosition> position, string path, string what)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in items.Where(item => !seen.Add(name(item))))
        {
            Error(ProblemCode.DuplicateName, path, position(item), $"Two {what} have the name '{name(item)}'.");
        }
    }
}
