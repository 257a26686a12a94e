using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>
/// window-custom: a window of a kind that its author wrote as a script in Lua or Python. Functions init(settings), create(data,
/// context) and heartbeat(context) have fixed names; maps join the names that the script uses with those of fields.
/// </summary>
public sealed record CustomWindowDefinition : WindowDefinition
{
    /// <summary>Its code, mostly in a file.</summary>
    public required ScriptDefinition Script { get; init; }

    /// <summary>Name of the kind; null for none.</summary>
    public string? Type { get; init; }

    /// <summary>Version of the kind; null for none.</summary>
    public string? Version { get; init; }

    /// <summary>By the script's name for it: the input field it is given.</summary>
    public ImmutableSortedDictionary<string, string> InputMap { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>By the script's name for it: the field of the window's schema that it sets.</summary>
    public ImmutableSortedDictionary<string, string> OutputMap { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>What init is given, as text.</summary>
    public ImmutableSortedDictionary<string, string> Settings { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <inheritdoc/>
    public override string Kind => "custom";

    /// <inheritdoc/>
    public override bool TakesDifferentInputs => true;
}
