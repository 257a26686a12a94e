using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects.Algorithms;

namespace Lockstep.Contracts.Projects.Validation;

/// <summary>Rules about parameters, input-map and output-map of windows that run an algorithm: against its description.</summary>
internal sealed class MapRules(WindowDefinition window, string path, ProblemList found)
{
    /// <summary>Values that hold a token are looked at when it has its value.</summary>
    public void CheckParameters(AlgorithmDefinition algorithm, IReadOnlyDictionary<string, string> values)
    {
        foreach (var (name, value) in values)
        {
            if (algorithm.ParameterOf(name) is not { } parameter)
            {
                Warn($"Parameter '{name}' is not one of {algorithm.Name} and ignored.");
            }
            else if (value.Length > 0 && !value.Contains('@', StringComparison.Ordinal) && !parameter.Accepts(value))
            {
                Error($"Parameter {name} is '{value}'; it must be {parameter.Range}.");
            }
        }
    }

    public void CheckInputs(AlgorithmDefinition algorithm, IReadOnlyDictionary<string, string> map, Schema? input)
    {
        foreach (var role in algorithm.Inputs.Where(r => r.IsRequired && !map.ContainsKey(r.Name)))
        {
            Error($"The input-map needs property {role.Name}: {char.ToLowerInvariant(role.Meaning[0])}{role.Meaning[1..]}");
        }

        foreach (var (name, text) in map)
        {
            if (algorithm.InputOf(name) is not { } role)
            {
                Warn($"Input '{name}' is not one of {algorithm.Name} and ignored; it takes {string.Join(", ", algorithm.Inputs.Select(r => r.Name))}.");
            }
            else if (input is not null)
            {
                CheckFields(role, text, input);
            }
        }
    }

    /// <returns>The fields that the map names.</returns>
    public HashSet<string> CheckOutputs(AlgorithmDefinition algorithm, IReadOnlyDictionary<string, string> map, Schema? schema)
    {
        var targets = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, text) in map)
        {
            if (algorithm.OutputOf(name) is not { } role)
            {
                Warn($"Output '{name}' is not one that this version computes for {algorithm.Name}; it stays null. There are "
                    + $"{string.Join(", ", algorithm.Outputs.Select(r => r.Name))}.");
            }
            else if (schema is not null)
            {
                CheckFields(role, text, schema);
            }

            targets.UnionWith(FieldTarget.ParseList(text).Select(t => t.Name));
        }

        return targets;
    }

    private void CheckFields(AlgorithmRole role, string text, Schema schema)
    {
        var targets = FieldTarget.ParseList(text);
        if (targets.Length == 0 || (!role.IsList && targets.Length > 1))
        {
            Error($"Map property {role.Name} is '{text}'; it must name {(role.IsList ? "fields" : "one field")}.");
        }

        foreach (var target in targets)
        {
            var index = schema.IndexOf(target.Name);
            if (index < 0)
            {
                Error($"Map property {role.Name} names field '{target.Name}', which does not exist.");
            }
            else if (!role.Accepts(schema.Fields[index].Type))
            {
                Error($"Map property {role.Name} names field '{target.Name}', which must be {role.TypeNames}.");
            }
        }
    }

    private void Error(string message) => found.Error(ProblemCode.InvalidMap, path, window.Position, message);

    private void Warn(string message) => found.Warn(ProblemCode.InvalidMap, path, window.Position, message);
}
