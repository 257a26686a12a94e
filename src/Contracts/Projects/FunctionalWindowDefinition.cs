using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>window-functional.</summary>
public sealed record FunctionalWindowDefinition : WindowDefinition
{
    /// <summary>What is computed for each event: properties, regular expressions and functions.</summary>
    public FunctionContextDefinition Context { get; init; } = FunctionContextDefinition.Empty;

    /// <summary>Loops that make further events of each event, in document order.</summary>
    public ImmutableArray<EventLoopDefinition> Loops { get; init; } = [];

    /// <summary>Gives the opcode of the output event; null for the input's.</summary>
    public ExpressionText? Opcode { get; init; }

    /// <summary>False or 0 makes no plain output event; null for always.</summary>
    public ExpressionText? Generate { get; init; }

    /// <inheritdoc/>
    public override string Kind => "functional";

    /// <inheritdoc/>
    public override bool TakesDifferentInputs => true;
}
