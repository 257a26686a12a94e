using System.Collections.Frozen;

namespace Lockstep.Contracts.Projects;

/// <summary>The kinds of windows of the modelling language, and which of them this version runs.</summary>
public static class WindowKind
{
    private static readonly FrozenDictionary<string, string> Reasons = new Dictionary<string, string>
    {
        ["procedural"] = "procedural windows run with a mas-map to Python only, not C++ plug-ins or DS2 code",
        ["textcategory"] = "text analytics are proprietary",
        ["textcontext"] = "text analytics are proprietary",
        ["textsentiment"] = "text analytics are proprietary",
        ["texttopic"] = "text analytics are proprietary",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Kinds that this version runs.</summary>
    public static IReadOnlyList<string> Supported { get; } =
        [.. WindowTable.All.Select(k => k.Kind).Where(k => k != MasWindowDefinition.Procedural)];

    /// <summary>True for kinds of the language, run or not.</summary>
    public static bool IsKnown(string kind) => Supported.Contains(kind) || Reasons.ContainsKey(kind);

    /// <summary>Why a kind does not run, as half a sentence.</summary>
    public static string ReasonOf(string kind) =>
        Reasons.TryGetValue(kind, out var reason) ? reason : $"'{kind}' is not a window kind of the language";
}
