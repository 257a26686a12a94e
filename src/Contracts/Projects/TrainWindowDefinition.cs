using System.Collections.Immutable;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects;

/// <summary>window-train: learns a model from what comes in and puts one out from time to time.</summary>
public sealed record TrainWindowDefinition : WindowDefinition
{
    /// <summary>What leaves: a row a model.</summary>
    public static Schema ModelSchema { get; } = new(
    [
        new Field("model_id", FieldType.Int64, true),
        new Field("model_addr", FieldType.String, false),
        new Field("model_origin", FieldType.String, false),
        new Field("model_token", FieldType.Int64, false),
        new Field("model_create_time", FieldType.Stamp, false),
        new Field("model_perf", FieldType.Double, false),
    ]);

    /// <summary>KMEANS, LinearRegression, ...</summary>
    public required string Algorithm { get; init; }

    /// <summary>Parameters by name, as text.</summary>
    public ImmutableSortedDictionary<string, string> Parameters { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Input role to field name(s).</summary>
    public ImmutableSortedDictionary<string, string> InputMap { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <inheritdoc/>
    public override string Kind => "train";

    /// <inheritdoc/>
    public override bool DerivesSchema => true;

    /// <inheritdoc/>
    internal override Schema? SchemaFrom(ImmutableArray<WindowInput> inputs, Action<string> report) => ModelSchema;
}
