using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>A field that a statedb-writer stores.</summary>
/// <param name="Name">The field of the window.</param>
/// <param name="DbName">Its name in the database.</param>
/// <param name="Position">Where it stands.</param>
public sealed record StateDbField(string Name, string DbName, TextPosition Position);

/// <summary>A secondary index of a statedb-writer.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Fields">The fields, by their names in the database or the window.</param>
/// <param name="Position">Where it stands.</param>
public sealed record StateDbIndex(string Name, ImmutableArray<string> Fields, TextPosition Position);

/// <summary>window-statedb-writer: stores the newest row of each key under a prefix, and passes its input's events on.</summary>
public sealed record StateDbWriterWindowDefinition : WindowDefinition
{
    /// <summary>The database.</summary>
    public required StateDbDefinition Database { get; init; }

    /// <summary>What keys of its rows begin with.</summary>
    public required string Prefix { get; init; }

    /// <summary>How long a row stays after it was last written; null for ever.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Secondary indexes in document order.</summary>
    public ImmutableArray<StateDbIndex> Indexes { get; init; } = [];

    /// <summary>The fields that are stored; empty for all. Keys are stored in any case.</summary>
    public ImmutableArray<StateDbField> Output { get; init; } = [];

    /// <summary>True when the model gives the window a schema: fields of the input by name.</summary>
    public bool HasOwnSchema { get; init; }

    /// <inheritdoc/>
    public override string Kind => "statedb-writer";

    /// <inheritdoc/>
    public override bool DerivesSchema => !HasOwnSchema;
}
