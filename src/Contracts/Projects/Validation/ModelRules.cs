using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects.Algorithms;

namespace Lockstep.Contracts.Projects.Validation;

/// <summary>Rules about train, score and model-supervisor windows.</summary>
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
        var algorithms = sources.OfType<TrainWindowDefinition>().Select(t => t.Algorithm).Distinct().ToList();
        if (sources.Count == 0 || algorithms.Count > 1)
        {
            found.Error(ProblemCode.InvalidModel, path, window.Position,
                $"Model-supervisor window '{window.Name}' needs an edge from a train window, and one algorithm if it has several: it has "
                + (algorithms.Count > 1 ? string.Join(", ", algorithms) : "none") + ".");
        }

        foreach (var request in inputs.Where(i => !IsModelSource(i) && i.Schema is not null && !IsRequest(i.Schema)))
        {
            found.Error(ProblemCode.InvalidModel, path, window.Position,
                $"Window '{request.Name}' can't send requests to model-supervisor window '{window.Name}': "
                + "requests need a key and, beside it, two string fields, name and value.");
        }
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
        if (sources.Count != 1 || (sources[0] is TrainWindowDefinition train && train.Algorithm != model.Algorithm))
        {
            found.Error(ProblemCode.InvalidModel, path, window.Position,
                $"Score window '{window.Name}' needs one edge from a train window with algorithm {model.Algorithm}, "
                + "or from a model-supervisor window behind one.");
        }

        if (AlgorithmTable.Find(model.Algorithm, AlgorithmUse.Model) is { } algorithm)
        {
            var data = inputs.Find(i => !IsModelSource(i))?.Schema;
            var maps = new MapRules(window, path, found);
            maps.CheckInputs(algorithm.ForScore, model.InputMap, data);
            maps.CheckOutputs(algorithm, model.OutputMap, window.Schema);
        }
    }

    private static bool IsModelSource(WindowDefinition window) => window is TrainWindowDefinition or ModelSupervisorWindowDefinition;
}
