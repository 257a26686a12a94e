using System.Globalization;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects.Validation;

/// <summary>Rules about calculate windows.</summary>
internal static class CalculateRules
{
    /// <summary>What Summary gives.</summary>
    public static readonly string[] SummaryOutputs =
    [
        "nOut", "nmissOut", "minOut", "maxOut", "sumOut", "meanOut", "stdOut", "varOut", "cssOut", "ussOut", "stderrOut", "cvOut",
    ];

    // alpha and sampleEntropy* belong to outputs that are not made; designers write them always.
    private static readonly string[] SummaryParameters =
        ["windowLength", "alpha", "sampleEntropyTolerance", "sampleEntropyNormalize", "sampleEntropyTemplateLength"];

    public static void Check(CalculateWindowDefinition window, Schema? input, string path, ProblemList found)
    {
        if (!WindowKind.SupportedAlgorithms.Contains(window.Algorithm))
        {
            found.Error(ProblemCode.UnsupportedAlgorithm, path, window.Position,
                $"Algorithm '{window.Algorithm}' of window '{window.Name}' is not run by this version; supported is "
                + $"{string.Join(", ", WindowKind.SupportedAlgorithms)}.");
            return;
        }

        WindowRules.CheckKeysComeFromInput(window, input, path, found);
        CheckParameters(window, path, found);
        CheckInputMap(window, input, path, found);
        CheckOutputMap(window, path, found);
        foreach (var field in input is null ? [] : window.Schema?.Fields ?? [])
        {
            if (!field.IsKey && input!.IndexOf(field.Name) < 0 && !window.OutputMap.ContainsValue(field.Name))
            {
                found.Warn(ProblemCode.FieldWithoutValue, path, window.Position,
                    $"Field '{field.Name}' is neither in the output-map nor a field of the input; it will always be null.");
            }
        }
    }

    private static void CheckParameters(CalculateWindowDefinition window, string path, ProblemList found)
    {
        foreach (var (name, value) in window.Parameters)
        {
            if (!SummaryParameters.Contains(name))
            {
                found.Warn(ProblemCode.InvalidMap, path, window.Position, $"Parameter '{name}' is not known and ignored.");
            }
            else if (name == "windowLength" && !value.Contains('@', StringComparison.Ordinal)
                && !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                found.Error(ProblemCode.InvalidMap, path, window.Position,
                    $"Parameter windowLength is '{value}'; it must be a number of events, 0 for all.");
            }
        }
    }

    private static void CheckInputMap(CalculateWindowDefinition window, Schema? input, string path, ProblemList found)
    {
        foreach (var role in window.InputMap.Keys.Where(r => r != "input"))
        {
            found.Error(ProblemCode.InvalidMap, path, window.Position, $"Input '{role}' is not one of Summary; it takes input.");
        }

        if (!window.InputMap.TryGetValue("input", out var field))
        {
            found.Error(ProblemCode.InvalidMap, path, window.Position, "The input-map needs property input: the field to summarise.");
        }
        else if (input is not null)
        {
            CheckField(field, input, "input", window, path, found);
        }
    }

    private static void CheckOutputMap(CalculateWindowDefinition window, string path, ProblemList found)
    {
        foreach (var (role, field) in window.OutputMap)
        {
            if (!SummaryOutputs.Contains(role))
            {
                found.Error(ProblemCode.InvalidMap, path, window.Position,
                    $"Output '{role}' is not one that this version computes: {string.Join(", ", SummaryOutputs)}.");
            }

            if (window.Schema is { } schema)
            {
                CheckField(field, schema, role, window, path, found);
            }
        }
    }

    private static void CheckField(
        string name, Schema schema, string role, CalculateWindowDefinition window, string path, ProblemList found)
    {
        var index = schema.IndexOf(name);
        if (index < 0 || schema.Fields[index].Type is not (FieldType.Int32 or FieldType.Int64 or FieldType.Double or FieldType.Money))
        {
            found.Error(ProblemCode.InvalidMap, path, window.Position, index < 0
                ? $"Map property {role} names field '{name}', which does not exist."
                : $"Map property {role} names field '{name}', which is no number.");
        }
    }
}
