using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Contracts.Projects.Algorithms;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Execution;

/// <summary>
/// Finds the fields that parameters, input-map and output-map of a window name. What is wrong goes to the problems: LS2302 to LS2304.
/// Names that the algorithm does not know are left out; the validator warns of them.
/// </summary>
internal sealed class MapResolver(
    AlgorithmDefinition algorithm, WindowDefinition window, string path, ProblemList problems)
{
    private const int ListMax = 10_000;
    private bool _isValid = true;

    /// <summary>What the model gives the algorithm; null when something is wrong.</summary>
    /// <param name="parameters">Values of the parameters.</param>
    /// <param name="inputMap">Fields of <paramref name="input"/> by role.</param>
    /// <param name="outputMap">Fields of <paramref name="schema"/> by role.</param>
    /// <param name="input">The schema of what comes in.</param>
    /// <param name="schema">The schema of what leaves; null when the output-map does not matter.</param>
    public AlgorithmSetup? Resolve(
        IReadOnlyDictionary<string, string> parameters,
        IReadOnlyDictionary<string, string> inputMap,
        IReadOnlyDictionary<string, string> outputMap,
        Schema input,
        Schema? schema)
    {
        foreach (var parameter in algorithm.Parameters)
        {
            if (parameters.TryGetValue(parameter.Name, out var value) && value.Length > 0 && !parameter.Accepts(value))
            {
                Error("LS2302", $"Parameter {parameter.Name} is '{value}'; it must be {parameter.Range}.");
            }
        }

        var (inputs, names) = (new Dictionary<string, InputPlace[]>(), new Dictionary<string, string[]>());
        foreach (var role in algorithm.Inputs)
        {
            if (inputMap.TryGetValue(role.Name, out var text))
            {
                var targets = FieldTarget.ParseList(text);
                names[role.Name] = [.. targets.Select(t => t.Name)];
                inputs[role.Name] = InputsOf(role, targets, input);
            }
            else if (role.IsRequired)
            {
                Error("LS2303", $"The input map has no '{role.Name}'.");
            }
        }

        var outputs = new Dictionary<string, OutputPlaces>();
        foreach (var role in algorithm.Outputs)
        {
            if (schema is not null && outputMap.TryGetValue(role.Name, out var text))
            {
                outputs[role.Name] = new OutputPlaces(OutputsOf(role, FieldTarget.ParseList(text), schema));
            }
        }

        return _isValid ? new AlgorithmSetup(algorithm, parameters, inputs, names, outputs) : null;
    }

    private InputPlace[] InputsOf(AlgorithmRole role, ImmutableArray<FieldTarget> targets, Schema input)
    {
        var places = new List<InputPlace>();
        foreach (var target in targets)
        {
            var index = input.IndexOf(target.Name);
            if (index < 0 || !role.Accepts(input.Fields[index].Type))
            {
                Error("LS2303", $"The input '{target.Name}' of {role.Name} must be a field of the input window: {role.TypeNames}.");
            }
            else if (IsArray(input.Fields[index].Type) && (role.Type == AlgorithmRoleType.Number || target.Last is not null))
            {
                AddItems(role, target, index, places);
            }
            else
            {
                places.Add(new InputPlace(index));
            }
        }

        if (places.Count == 0 || places.Count > ListMax || (!role.IsList && places.Count > 1))
        {
            Error("LS2303", $"The input map's {role.Name} names {places.Count} fields; it takes {(role.IsList ? $"1 to {ListMax}" : "one")}.");
        }

        return [.. places];
    }

    private void AddItems(AlgorithmRole role, FieldTarget target, int index, List<InputPlace> places)
    {
        if (target.Last is not { } last || last - target.First >= ListMax)
        {
            Error("LS2303", $"The array '{target.Name}' of {role.Name} needs its items, as in {target.Name}[1-10], {ListMax} at most.");
            return;
        }

        for (var item = target.First; item <= last; item++)
        {
            places.Add(new InputPlace(index, item));
        }
    }

    private OutputPlace[] OutputsOf(AlgorithmRole role, ImmutableArray<FieldTarget> targets, Schema schema)
    {
        var places = new List<OutputPlace>();
        foreach (var target in targets)
        {
            var index = schema.IndexOf(target.Name);
            if (index < 0 || !role.Accepts(schema.Fields[index].Type) || (schema.Fields[index].IsKey && !role.MayBeKey))
            {
                Error("LS2304", $"Output '{role.Name}' needs the field '{target.Name}' in the schema: {role.TypeNames}"
                    + $"{(role.MayBeKey ? "" : ", no key")}.");
            }
            else
            {
                places.Add(new OutputPlace(index, IsArray(schema.Fields[index].Type), target.First, target.Last));
            }
        }

        if (targets.Length == 0 || (!role.IsList && targets.Length > 1))
        {
            Error("LS2304", $"The output map's {role.Name} must name {(role.IsList ? "fields" : "one field")}.");
        }

        return [.. places];
    }

    private static bool IsArray(FieldType type) => type is FieldType.ArrayDouble or FieldType.ArrayInt32 or FieldType.ArrayInt64;

    private void Error(string code, string message)
    {
        _isValid = false;
        problems.Error(code, path, window.Position, message);
    }
}
