namespace Lockstep.Contracts.Projects;

/// <summary>window-filter with a script: events for which a function gives true pass.</summary>
public sealed record ScriptFilterWindowDefinition : WindowDefinition
{
    /// <summary>The function's name where the model gives none.</summary>
    public const string DefaultFunction = "filter";

    /// <summary>Its code.</summary>
    public required ScriptDefinition Script { get; init; }

    /// <summary>Name of the function that is called for each event.</summary>
    public string Function { get; init; } = DefaultFunction;

    /// <inheritdoc/>
    public override string Kind => "filter";

    /// <inheritdoc/>
    public override bool DerivesSchema => true;
}
