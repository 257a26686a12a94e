using System.Collections.Immutable;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects;

/// <summary>window-counter: counts the events of each window in front of it.</summary>
public sealed record CounterWindowDefinition : WindowDefinition
{
    /// <summary>The schema of every counter window.</summary>
    public static Schema Fields { get; } = new(
    [
        new Field("input", FieldType.String, IsKey: true),
        new Field("totalCount", FieldType.Int64),
        new Field("totalSeconds", FieldType.Double),
        new Field("totalRate", FieldType.Double),
        new Field("intervalCount", FieldType.Int64),
        new Field("intervalSeconds", FieldType.Double),
        new Field("intervalRate", FieldType.Double),
    ]);

    /// <summary>How long events are counted before the counts leave; above 0.</summary>
    public TimeSpan CountInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After so long without an event the totals start anew; null for never.</summary>
    public TimeSpan? ClearInterval { get; init; }

    /// <inheritdoc/>
    public override string Kind => "counter";

    /// <inheritdoc/>
    public override bool DerivesSchema => true;

    /// <inheritdoc/>
    public override bool TakesDifferentInputs => true;

    /// <inheritdoc/>
    internal override Schema? SchemaFrom(ImmutableArray<WindowInput> inputs, Action<string> report) => Fields;
}
