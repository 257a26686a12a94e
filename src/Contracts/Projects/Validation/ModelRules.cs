using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects.Algorithms;

namespace Lockstep.Contracts.Projects.Validation;

/// <summary>Rules about train, score, model-reader and model-supervisor windows.</summary>
internal static class ModelRules
{
    public static void Check(TrainWindowDefinition window, List<WindowDefinition> inputs, string path, ProblemList found)
    {
        if (AlgorithmTable.Find(window.Algorithm, AlgorithmUse.Model) is { } algorithm)
        {
            var maps = new MapRules(window, path, found);
            maps.CheckParameters(algorithm, window.Parameters);
            maps.CheckInputs(algorithm, window.InputMap, inputs.FirstOrDefault()?.Schema);
        }
    }

    public static void Check(ModelSupervisorWindowDefinition window, List<WindowDefinition> inputs, string path, ProblemList found)
    {
        var sources = inputs.Where(IsModelSource).ToList();
        var algorithms = sources.Select(AlgorithmOf).OfType<string>().Distinct().ToList();
        if (sources.Count == 0 || algorithms.Count > 1)
        {
            found.Error(ProblemCode.InvalidModel, path, window.Position,
                $"Model-supervisor window '{window.Name}' needs an edge from a train or model-reader window, and one algorithm if it has several: "
                + $"it has {(algorithms.Count > 1 ? string.Join(", ", algorithms) : "none")}.");
        }

        CheckRequests(window, inputs.Where(i => !IsModelSource(i)), path, found);
    }

    public static void Check(ModelReaderWindowDefinition window, List<WindowDefinition> inputs, string path, ProblemList found)
    {
        foreach (var (name, value) in window.Parameters)
        {
            var known = ModelReaderWindowDefinition.Known.FirstOrDefault(k => k.Name == name);
            if (known.Name is null)
            {
                found.Warn(ProblemCode.InvalidMap, path, window.Position, $"Parameter '{name}' of model-reader window '{window.Name}' has no effect here.");
            }
            else if (known.Value is { } wanted && value.Length > 0 && !value.Equals(wanted, StringComparison.OrdinalIgnoreCase)
                && !value.Contains('@', StringComparison.Ordinal))
            {
                found.Error(ProblemCode.InvalidMap, path, window.Position, $"Parameter {name} is '{value}'; it must be {wanted}.");
            }
        }

        if (window.File is null && inputs.Count == 0)
        {
            found.Error(ProblemCode.InvalidModel, path, window.Position,
                $"Model-reader window '{window.Name}' needs parameter reference, the path of a file, or an edge from a window with requests.");
        }

        CheckRequests(window, inputs, path, found);
    }

    /// <summary>True for the schema of requests: name and value are the first two strings that are no keys.</summary>
    public static bool IsRequest(Schema schema) => schema.Fields.Count(f => !f.IsKey && f.Type == FieldType.String) >= 2;

    public static void Check(ScoreWindowDefinition window, List<WindowDefinition> inputs, string path, ProblemList found)
    {
        if (window.Models is not [var model, ..])
        {
            found.Error(ProblemCode.InvalidModel, path, window.Position, $"Score window '{window.Name}' has no model.");
            return;
        }

        if (window.Models.Length > 1)
        {
            found.Warn(ProblemCode.InvalidModel, path, window.Position, $"Score window '{window.Name}' has several models; the first is applied.");
        }

        var sources = inputs.Where(IsModelSource).ToList();
        var needsSource = model.Reference is null || sources.Count > 0;
        if (needsSource && (sources.Count != 1 || (AlgorithmOf(sources[0]) is { } algorithm && algorithm != model.Algorithm)))
        {
            found.Error(ProblemCode.InvalidModel, path, window.Position, model.IsOffline
                ? $"Score window '{window.Name}' needs attribute reference, the path of a file, or one edge from a model-reader window "
                    + $"with model-type {model.Algorithm} or a model-supervisor window behind one."
                : $"Score window '{window.Name}' needs one edge from a train window with algorithm {model.Algorithm}, "
                    + "or from a model-supervisor window behind one.");
        }

        if (model.Roles is { } roles)
        {
            var data = inputs.Find(i => !IsModelSource(i))?.Schema;
            var maps = new MapRules(window, path, found);
            maps.CheckInputs(roles, model.InputMap, data);
            maps.CheckOutputs(roles, model.OutputMap, window.Schema);
        }
    }

    private static void CheckRequests(WindowDefinition window, IEnumerable<WindowDefinition> inputs, string path, ProblemList found)
    {
        foreach (var request in inputs.Where(i => i.Schema is not null && !IsRequest(i.Schema)))
        {
            found.Error(ProblemCode.InvalidModel, path, window.Position,
                $"Window '{request.Name}' can't send requests to {window.Kind} window '{window.Name}': "
                + "requests need a key and, beside it, two string fields, name and value.");
        }
    }

    // Null for a supervisor: it has that of the windows in front of it.
    private static string? AlgorithmOf(WindowDefinition source) =>
        source is TrainWindowDefinition train ? train.Algorithm : (source as ModelReaderWindowDefinition)?.ModelType;

    private static bool IsModelSource(WindowDefinition window) =>
        window is TrainWindowDefinition or ModelReaderWindowDefinition or ModelSupervisorWindowDefinition;
}
