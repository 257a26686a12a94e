using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>window-aggregate with expressions: its key fields are what it groups by.</summary>
public sealed record AggregateWindowDefinition : WindowDefinition
{
    /// <summary>Variables and functions; null for none.</summary>
    public ExpressionInitializer? Initializer { get; init; }

    /// <summary>One expression a non-key field, in schema order.</summary>
    public required ImmutableArray<ExpressionText> Expressions { get; init; }

    /// <inheritdoc/>
    public override string Kind => "aggregate";
}
