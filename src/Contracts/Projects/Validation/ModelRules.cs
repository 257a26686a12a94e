using Lockstep.Contracts.Projects.Algorithms;

namespace Lockstep.Contracts.Projects.Validation;

/// <summary>Rules about train and score windows.</summary>
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

        var trains = inputs.OfType<TrainWindowDefinition>().ToList();
        if (trains.Count != 1 || trains[0].Algorithm != model.Algorithm)
        {
            found.Error(ProblemCode.InvalidModel, path, window.Position,
                $"Score window '{window.Name}' needs one edge from a train window with algorithm {model.Algorithm}.");
        }

        if (AlgorithmTable.Find(model.Algorithm, AlgorithmUse.Model) is { } algorithm)
        {
            var data = inputs.Find(i => i is not TrainWindowDefinition)?.Schema;
            var maps = new MapRules(window, path, found);
            maps.CheckInputs(algorithm.ForScore, model.InputMap, data);
            maps.CheckOutputs(algorithm, model.OutputMap, window.Schema);
        }
    }
}
