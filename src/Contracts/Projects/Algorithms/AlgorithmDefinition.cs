using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects.Algorithms;

/// <summary>Which windows run an algorithm.</summary>
public enum AlgorithmUse
{
    /// <summary>Calculate windows.</summary>
    Calculate,

    /// <summary>Train windows, and score windows behind them.</summary>
    Model,
}

/// <summary>How many events leave for one that comes in.</summary>
public enum AlgorithmOutput
{
    /// <summary>One.</summary>
    OnePerEvent,

    /// <summary>One or none.</summary>
    SomeEvents,

    /// <summary>Any number, told apart by a key field more.</summary>
    Rows,
}

/// <summary>
/// An algorithm of calculate or train windows: what models may say of it. The validator, the engine and the reference page all
/// go by this one description.
/// </summary>
/// <param name="Name">Its name as models write it.</param>
/// <param name="Use">Which windows run it.</param>
/// <param name="Output">How many events leave.</param>
/// <param name="Meaning">What it computes, with the rules that are not to be guessed.</param>
/// <param name="Parameters">What the element parameters may hold.</param>
/// <param name="Inputs">What the input-map may hold.</param>
/// <param name="Outputs">What the output-map may hold; of a model: that of the score window.</param>
public sealed record AlgorithmDefinition(
    string Name,
    AlgorithmUse Use,
    AlgorithmOutput Output,
    string Meaning,
    ImmutableArray<AlgorithmParameter> Parameters,
    ImmutableArray<AlgorithmRole> Inputs,
    ImmutableArray<AlgorithmRole> Outputs)
{
    /// <summary>The algorithm as score windows see it: nothing to be learned, so neither parameters nor target.</summary>
    public AlgorithmDefinition ForScore => this with { Parameters = [], Inputs = [.. Inputs.Where(r => r.Name != "target")] };

    /// <summary>The parameter of a name; null for none.</summary>
    public AlgorithmParameter? ParameterOf(string name) => Parameters.FirstOrDefault(p => p.Name == name);

    /// <summary>The input role of a name; null for none.</summary>
    public AlgorithmRole? InputOf(string name) => Inputs.FirstOrDefault(r => r.Name == name);

    /// <summary>The output role of a name; null for none.</summary>
    public AlgorithmRole? OutputOf(string name) => Outputs.FirstOrDefault(r => r.Name == name);
}
