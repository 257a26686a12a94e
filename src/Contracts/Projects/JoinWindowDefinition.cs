using System.Collections.Immutable;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects;

/// <summary>What a join gives for rows of one side that match none of the other.</summary>
public enum JoinKind
{
    /// <summary>Nothing.</summary>
    Inner,

    /// <summary>Rows of the left side stay, with null for the right.</summary>
    LeftOuter,

    /// <summary>Rows of the right side stay, with null for the left.</summary>
    RightOuter,

    /// <summary>Rows of both sides stay.</summary>
    FullOuter,
}

/// <summary>A pair of fields that must be equal.</summary>
/// <param name="Left">Name of the left side's field.</param>
/// <param name="Right">Name of the right side's field.</param>
public sealed record JoinConditionDefinition(string Left, string Right);

/// <summary>
/// window-join: rows of a left and a right input, paired where the fields of the conditions are equal. Its schema is made by
/// <see cref="JoinLayout"/>.
/// </summary>
public sealed record JoinWindowDefinition : WindowDefinition
{
    /// <summary>What becomes of rows without a match.</summary>
    public JoinKind Type { get; init; }

    /// <summary>A change of the side that is looked up does not change rows that have left.</summary>
    public bool NoRegenerates { get; init; }

    /// <summary>False (left-index pi_EMPTY): rows of the left side are not kept, so events of the right side do not find them.</summary>
    public bool KeepsLeft { get; init; } = true;

    /// <summary>False (right-index pi_EMPTY): likewise for the right side.</summary>
    public bool KeepsRight { get; init; } = true;

    /// <summary>Fields that must be equal.</summary>
    public ImmutableArray<JoinConditionDefinition> Conditions { get; init; } = [];

    /// <summary>Variables and functions; null for none.</summary>
    public ExpressionInitializer? Initializer { get; init; }

    /// <summary>The output in document order; key fields lead the schema and need not be listed.</summary>
    public ImmutableArray<JoinOutput> Output { get; init; } = [];

    /// <inheritdoc/>
    public override string Kind => "join";

    /// <inheritdoc/>
    public override bool DerivesSchema => true;

    /// <inheritdoc/>
    public override bool TakesDifferentInputs => true;

    /// <inheritdoc/>
    internal override string SchemaProblemCode => ProblemCode.InvalidJoin;

    /// <inheritdoc/>
    internal override Schema? SchemaFrom(ImmutableArray<WindowInput> inputs, Action<string> report) =>
        JoinLayout.Create(this, [.. inputs.Select(i => (i.Role, i.Schema!))], report)?.Schema;
}
