using System.Collections.Immutable;
using Lockstep.Contracts.Projects.Algorithms;

namespace Lockstep.Contracts.Projects;

/// <summary>A kind of model that a score window applies: one that a train window learns, or one of a file.</summary>
/// <param name="Algorithm">KMEANS, LinearRegression, ...; of a model of a file its type: onnx.</param>
/// <param name="InputMap">Input role, or name of a model's input, to field name(s).</param>
/// <param name="OutputMap">Output role, or name of a model's output, to field name(s).</param>
public sealed record ScoreModelDefinition(
    string Algorithm, ImmutableSortedDictionary<string, string> InputMap, ImmutableSortedDictionary<string, string> OutputMap)
{
    /// <summary>The output role that takes the number of the model in use.</summary>
    public const string ModelIdRole = "modelIdOut";

    /// <summary>True (offline): a model of a file; false (online): one that a train window learns.</summary>
    public bool IsOffline { get; init; }

    /// <summary>Path of the file of a model that needs no model-reader window; null for none.</summary>
    public string? Reference { get; init; }

    /// <summary>
    /// What the maps may hold: of an algorithm its roles, of a file, whose tensors are known when it is loaded, the names they give. Null for
    /// an unknown algorithm.
    /// </summary>
    public AlgorithmDefinition? Roles => !IsOffline ? AlgorithmTable.Find(Algorithm, AlgorithmUse.Model)?.ForScore
        : new AlgorithmDefinition(Algorithm, AlgorithmUse.Model, AlgorithmOutput.SomeEvents, "", [],
            [.. InputMap.Keys.Select(n => new AlgorithmRole(n, AlgorithmRoleType.Tensor, "An input of the model.") { IsList = true })],
            [.. OutputMap.Keys.Select(n => n == ModelIdRole ? new AlgorithmRole(n, AlgorithmRoleType.Whole, "The model's number.")
                : new AlgorithmRole(n, AlgorithmRoleType.Tensor, "An output of the model.") { IsList = true })]);
}

/// <summary>window-score: applies the newest model to each event.</summary>
public sealed record ScoreWindowDefinition : WindowDefinition
{
    /// <summary>Its models; it applies the first.</summary>
    public ImmutableArray<ScoreModelDefinition> Models { get; init; } = [];

    /// <inheritdoc/>
    public override string Kind => "score";

    /// <inheritdoc/>
    public override bool TakesDifferentInputs => true;
}
