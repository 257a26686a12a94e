using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>A condition of a statedb-reader.</summary>
/// <param name="Field">A field of the input.</param>
/// <param name="DbField">The field of stored rows that must equal it.</param>
public sealed record StateDbCondition(string Field, string DbField);

/// <summary>A value that a statedb-reader puts out.</summary>
/// <param name="IsQuery">True: of the rows that the query finds; false: of the input.</param>
/// <param name="Name">The field there.</param>
/// <param name="Aggregate">The aggregate function over all rows found; empty for the field of one row.</param>
/// <param name="Position">Where it stands.</param>
public sealed record StateDbSelection(bool IsQuery, string Name, string Aggregate, TextPosition Position);

/// <summary>window-statedb-reader: looks rows up for each event, and puts out fields of both.</summary>
public sealed record StateDbReaderWindowDefinition : WindowDefinition
{
    /// <summary>The database.</summary>
    public required StateDbDefinition Database { get; init; }

    /// <summary>What keys of the rows begin with.</summary>
    public required string Prefix { get; init; }

    /// <summary>Conditions that all hold for a row that is found; at least one.</summary>
    public required ImmutableArray<StateDbCondition> Conditions { get; init; }

    /// <summary>Where the query stands.</summary>
    public TextPosition QueryPosition { get; init; }

    /// <summary>The values that are put out.</summary>
    public required ImmutableArray<StateDbSelection> Output { get; init; }

    /// <inheritdoc/>
    public override string Kind => "statedb-reader";
}
