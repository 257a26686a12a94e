using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>Which input fields of the same name an output event takes over when the script does not set them.</summary>
/// <param name="Fields">Names; empty with <paramref name="Excludes"/> false for none.</param>
/// <param name="Excludes">True: all but those.</param>
public sealed record CopiedFields(ImmutableArray<string> Fields, bool Excludes)
{
    /// <summary>All fields.</summary>
    public static CopiedFields All { get; } = new([], Excludes: true);

    /// <summary>True when a field is copied.</summary>
    public bool Has(string field) => Fields.Contains(field) != Excludes;
}

/// <summary>window-lua and window-python: a function makes the output events of each input event.</summary>
public sealed record ScriptWindowDefinition : WindowDefinition
{
    /// <summary>Its code.</summary>
    public required ScriptDefinition Script { get; init; }

    /// <summary>Name of the function that is called for each event, or for each block.</summary>
    public required string Events { get; init; }

    /// <summary>Name of the function that is called at each heartbeat; null for none.</summary>
    public string? Heartbeat { get; init; }

    /// <summary>True: the function is called once a block, with a list of events.</summary>
    public bool ProcessBlocks { get; init; }

    /// <summary>Which input fields are copied.</summary>
    public CopiedFields Copy { get; init; } = CopiedFields.All;

    /// <summary>Source windows that its events are published into.</summary>
    public ImmutableArray<ForwardingDefinition> Forwarding { get; init; } = [];

    /// <inheritdoc/>
    public override string Kind => Script.Language == ScriptLanguage.Lua ? "lua" : "python";

    /// <inheritdoc/>
    public override bool TakesDifferentInputs => true;
}

/// <summary>A source window that a window's events are published into as well.</summary>
/// <param name="Window">Its name.</param>
/// <param name="Query">Its continuous query; null for the window's own.</param>
/// <param name="BlockSize">Events in a block; 0 for all that came together.</param>
/// <param name="Position">Where it stands.</param>
public sealed record ForwardingDefinition(string Window, string? Query, int BlockSize, TextPosition Position);
