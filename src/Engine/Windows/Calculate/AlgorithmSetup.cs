using System.Globalization;
using Lockstep.Contracts.Projects.Algorithms;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>What a model gives an algorithm: parameters with their defaults, inputs and outputs by role.</summary>
/// <param name="Definition">The algorithm's description.</param>
/// <param name="Parameters">Values of parameters that the model gives.</param>
/// <param name="Inputs">Places of inputs by role.</param>
/// <param name="InputNames">Names of the input fields by role.</param>
/// <param name="Outputs">Places of outputs by role.</param>
internal sealed record AlgorithmSetup(
    AlgorithmDefinition Definition,
    IReadOnlyDictionary<string, string> Parameters,
    IReadOnlyDictionary<string, InputPlace[]> Inputs,
    IReadOnlyDictionary<string, string[]> InputNames,
    IReadOnlyDictionary<string, OutputPlaces> Outputs)
{
    /// <summary>A parameter as text; empty for none.</summary>
    public string Text(string name) =>
        Parameters.TryGetValue(name, out var value) && value.Length > 0 ? value : Definition.ParameterOf(name)!.Default;

    public bool Has(string name) => Text(name).Length > 0;

    public long Whole(string name) => long.Parse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    public int Count(string name) => (int)Math.Min(Whole(name), int.MaxValue);

    public double Real(string name) => double.Parse(Text(name), NumberStyles.Float, CultureInfo.InvariantCulture);

    public double[] Reals(string name) =>
        [.. Text(name).Split(',', StringSplitOptions.RemoveEmptyEntries).Select(t => double.Parse(t, NumberStyles.Float, CultureInfo.InvariantCulture))];

    public bool Flag(string name) => Text(name) is "1" or "true";

    /// <summary>The one field of a role that the model must map.</summary>
    public InputPlace Input(string role) => Inputs[role][0];

    /// <summary>The one field of a role; null when it is not mapped.</summary>
    public InputPlace? InputOrNone(string role) => Inputs.TryGetValue(role, out var places) ? places[0] : null;

    /// <summary>Where an output goes; null when it is not mapped.</summary>
    public OutputPlaces? Output(string role) => Outputs.GetValueOrDefault(role);

    /// <summary>
    /// How far a window moves from result to result: its length less the overlap, which -1 makes one less than the length.
    /// </summary>
    /// <exception cref="AlgorithmException">The overlap is not below the length.</exception>
    public int Hop(int windowLength)
    {
        var overlap = Count("overlap");
        if (overlap >= windowLength)
        {
            throw new AlgorithmException($"Parameter overlap is {overlap}; it must be below windowLength, which is {windowLength}.");
        }

        return overlap < 0 ? 1 : windowLength - overlap;
    }

    /// <summary>Refuses windows that would not fit into memory.</summary>
    /// <exception cref="AlgorithmException">It would not.</exception>
    public static void CheckSize(long width, long length)
    {
        const long NumbersMax = 50_000_000;
        if (width * length > NumbersMax)
        {
            throw new AlgorithmException(
                $"The window would hold {width * length} numbers; at most {NumbersMax} are allowed.");
        }
    }
}

/// <summary>Parameters of an algorithm do not fit each other or what they are used for.</summary>
internal sealed class AlgorithmException(string message) : Exception(message);
