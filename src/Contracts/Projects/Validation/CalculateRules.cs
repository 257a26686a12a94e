using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects.Algorithms;

namespace Lockstep.Contracts.Projects.Validation;

/// <summary>Rules about calculate windows.</summary>
internal static class CalculateRules
{
    public static void Check(CalculateWindowDefinition window, Schema? input, string path, ProblemList found)
    {
        if (AlgorithmTable.Find(window.Algorithm, AlgorithmUse.Calculate) is not { } algorithm)
        {
            found.Error(ProblemCode.UnsupportedAlgorithm, path, window.Position, RefusedAlgorithms.Explain(window.Name, window.Algorithm));
            return;
        }

        var maps = new MapRules(window, path, found);
        maps.CheckParameters(algorithm, window.Parameters);
        maps.CheckInputs(algorithm, window.InputMap, input);
        var targets = maps.CheckOutputs(algorithm, window.OutputMap, window.Schema);
        foreach (var field in input is null ? [] : window.Schema?.Fields ?? [])
        {
            var repeats = input!.IndexOf(field.Name) >= 0;
            if (field.IsKey && !repeats && !targets.Contains(field.Name))
            {
                found.Error(ProblemCode.InvalidKey, path, window.Position,
                    $"Key field '{field.Name}' of window '{window.Name}' is neither a field of its input nor in the output-map.");
            }
            else if (!repeats && !targets.Contains(field.Name))
            {
                found.Warn(ProblemCode.FieldWithoutValue, path, window.Position,
                    $"Field '{field.Name}' is neither in the output-map nor a field of the input; it will always be null.");
            }
        }
    }
}
