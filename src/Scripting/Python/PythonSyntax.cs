using System.Collections.Immutable;
using System.Globalization;
using Lockstep.Contracts.Projects;

namespace Lockstep.Scripting.Python;

/// <summary>Compiles Python without running it, in a child that ends at once.</summary>
internal static class PythonSyntax
{
    public static ImmutableArray<ScriptFault?> Check(IReadOnlyList<(string Name, string Code)> parts, ScriptGrants grants)
    {
        using var child = new PythonProcess(parts[0].Name, grants);
        child.Send(PythonScript.StartOf(grants, isReal: false, ImmutableSortedDictionary<string, string>.Empty));
        child.Send(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["do"] = "check",
            ["code"] = parts.Select(p => (object?)new object?[] { p.Name, p.Code }).ToList(),
        });
        var faults = (child.Receive() as Dictionary<string, object?>)?.GetValueOrDefault("result") as List<object?>;
        return faults?.Count == parts.Count
            ? [.. faults.Select((f, i) => FaultOf(parts[i].Name, f))]
            : throw new ScriptProcessException($"The Python process of '{parts[0].Name}' could not check its code.");
    }

    private static ScriptFault? FaultOf(string name, object? fault) => fault is not List<object?> { Count: 3 } parts ? null
        : new ScriptFault(name, (int)(long)parts[0]!, (int)(long)parts[1]!,
            string.Create(CultureInfo.InvariantCulture, $"{name}:{parts[0]}: {parts[2]}"));
}
