using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>A kind of model that a score window applies: one that a train window learns.</summary>
/// <param name="Algorithm">KMEANS, LinearRegression, ...</param>
/// <param name="InputMap">Input role to field name(s).</param>
/// <param name="OutputMap">Output role to field name(s).</param>
public sealed record ScoreModelDefinition(
    string Algorithm, ImmutableSortedDictionary<string, string> InputMap, ImmutableSortedDictionary<string, string> OutputMap);

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
