using System.Collections.Immutable;
using Lockstep.Contracts.Projects;

namespace Lockstep.Scripting;

/// <summary>Everything a script is loaded from.</summary>
/// <param name="Name">Names it in messages.</param>
/// <param name="Code">Its code.</param>
/// <param name="Required">Modules whose code comes first, in order.</param>
/// <param name="Modules">All modules and snippets of its language, by name.</param>
/// <param name="Init">Function called once it is loaded; null for none.</param>
/// <param name="Grants">What it may do.</param>
public sealed record ScriptSource(
    string Name,
    string Code,
    ImmutableArray<string> Required,
    ImmutableSortedDictionary<string, string> Modules,
    string? Init,
    ScriptGrants Grants)
{
    /// <summary>What random numbers of Python begin with.</summary>
    public string Seed { get; init; } = Name;

    /// <summary>True: the script sees the real clock, as one may whose results are recorded like any input.</summary>
    public bool IsReal { get; init; }

    /// <summary>The code of a module; null for an unknown one.</summary>
    public string? ModuleOf(string name) => Modules.GetValueOrDefault(name);
}
