using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>
/// window-procedural with mas-map, and window-calculate of algorithm MAS: a Python function of a module of the project computes
/// fields; its arguments are input fields by name, its results the fields that its documentation names behind "Output:".
/// </summary>
public sealed record MasWindowDefinition : WindowDefinition
{
    /// <summary>The algorithm that stands for it in calculate windows.</summary>
    public const string Algorithm = "MAS";

    /// <summary>The kind that runs in this form only.</summary>
    public const string Procedural = "procedural";

    /// <summary>True: it is a calculate window; false: a procedural one.</summary>
    public bool IsCalculate { get; init; }

    /// <summary>Which function computes for which input.</summary>
    public required ImmutableArray<MasMapEntry> Map { get; init; }

    /// <inheritdoc/>
    public override string Kind => IsCalculate ? "calculate" : Procedural;

    /// <inheritdoc/>
    public override bool TakesDifferentInputs => true;
}

/// <summary>A function that computes for the events of an input.</summary>
/// <param name="Module">The module.</param>
/// <param name="Function">Its function.</param>
/// <param name="Source">The window; empty for all.</param>
/// <param name="Position">Where it stands.</param>
public sealed record MasMapEntry(string Module, string Function, string Source, TextPosition Position);
