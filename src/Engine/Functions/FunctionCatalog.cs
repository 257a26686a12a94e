using System.Collections.Frozen;

namespace Lockstep.Engine.Functions;

/// <summary>
/// The functions of the functional language (language.md 4.2) by theme: what functional windows and url publishers can call,
/// and what the reference page of functions is made of.
/// </summary>
internal static class FunctionCatalog
{
    /// <summary>All functions, by theme.</summary>
    public static IReadOnlyList<FunctionGroup> Groups { get; } =
    [
        LogicFunctions.Group, NumberFunctions.Group, TextFunctions.Group, RegexFunctions.Group, ListFunctions.Group,
        DocumentFunctions.Group, TimeFunctions.Group, EventFunctions.Group,
    ];

    private static readonly FrozenDictionary<string, FunctionEntry> Entries = Groups.SelectMany(g => g.Entries)
        .ToFrozenDictionary(e => e.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>All names, sorted.</summary>
    public static string Names { get; } = string.Join(", ", Entries.Keys.Order(StringComparer.OrdinalIgnoreCase));

    /// <summary>A function by name; null when it is not supported.</summary>
    public static FunctionEntry? Find(string name) => Entries.GetValueOrDefault(name);
}
