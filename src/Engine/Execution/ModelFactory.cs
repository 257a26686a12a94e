using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Contracts.Projects.Algorithms;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Calculate;
using Lockstep.Engine.Windows.Models;

namespace Lockstep.Engine.Execution;

/// <summary>Makes train and score windows.</summary>
internal sealed class ModelFactory(string query, ProblemList problems)
{
    private static readonly ImmutableDictionary<string, string> NoMap = ImmutableDictionary<string, string>.Empty;
    private readonly Dictionary<Window, string> _algorithms = [];

    public BuiltWindow? CreateTrain(TrainWindowDefinition definition, ImmutableArray<BuiltWindow> inputs)
    {
        var path = NameOf(definition);
        if (AlgorithmTable.Find(definition.Algorithm, AlgorithmUse.Model) is not { } algorithm)
        {
            problems.Error("LS2301", path, definition.Position,
                $"The algorithm '{definition.Algorithm}' is not supported. Supported: {AlgorithmTable.NamesFor(AlgorithmUse.Model)}.");
            return null;
        }

        var resolver = new MapResolver(algorithm, definition, path, problems);
        if (!WindowChecks.HaveOneSchema(definition, inputs, path, problems)
            || resolver.Resolve(definition.Parameters, definition.InputMap, NoMap, inputs[0].Window.Schema, null) is not { } setup)
        {
            return null;
        }

        var (variables, target) = (setup.Inputs["inputs"], setup.InputOrNone("target"));
        try
        {
            var ignored = target is { } place ? Array.IndexOf(variables, place) : -1;
            var schedule = new ModelSchedule(
                setup.Whole("nInit"), algorithm.ParameterOf("velocity") is null ? 1 : setup.Whole("velocity"), setup.Whole("commitInterval"));
            var window = new TrainWindow(path, Start(setup, variables.Length, ignored), variables, target, schedule);
            _algorithms[window] = algorithm.Name;
            return new BuiltWindow(window, new WindowTraits(InsertOnly: true, Resolved: true, UniqueKeys: true));
        }
        catch (AlgorithmException error)
        {
            problems.Error("LS2302", path, definition.Position, error.Message);
            return null;
        }
    }

    public BuiltWindow? CreateScore(ScoreWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs)
    {
        var path = NameOf(definition);
        var data = inputs.Where(i => i.Window is not IModelSource).ToImmutableArray();
        if (definition.Models is not [var model, ..] || TrainOf(model, inputs) is not { } train || data.Length == 0
            || data.Any(d => d.Window.Schema.Id != data[0].Window.Schema.Id))
        {
            problems.Error("LS2305", path, definition.Position,
                "A score window needs a model, one edge from a train window with its algorithm, and edges from windows of one schema with the events.");
            return null;
        }

        var algorithm = AlgorithmTable.Find(model.Algorithm, AlgorithmUse.Model)!.ForScore;
        var input = data[0].Window.Schema;
        var resolver = new MapResolver(algorithm, definition, path, problems);
        if (resolver.Resolve(NoMap, model.InputMap, model.OutputMap, input, schema) is not { } setup
            || AlgorithmFactory.SourcesOf(definition, setup, schema, input, path, problems) is not { } fields)
        {
            return null;
        }

        if (setup.Inputs["inputs"].Length != train.Width)
        {
            problems.Error("LS2305", path, definition.Position,
                $"The score window has {setup.Inputs["inputs"].Length} inputs, its train window {train.Width}.");
            return null;
        }

        var traits = WindowTraits.Merge([.. data.Select(d => d.Traits)]);
        var keepsKeys = RowPolicy.KeepsKeys(schema, [input]) && schema.KeyIndexes.All(k => fields[k] >= 0 && input.Fields[fields[k]].IsKey);
        var keeps = RowPolicy.Keeps(definition.Index, traits, keepsKeys, isPure: false);
        var window = new ScoreWindow(
            path, schema, new ScoreAlgorithm(setup), new ResultRows(schema, fields), keepsKeys, keeps ? new KeyedRows(schema, null) : null,
            [.. inputs.Select(i => i.Window as IModelSource)]);
        var left = RowPolicy.Traits(keeps, traits, keepsKeys);
        return new BuiltWindow(window, keeps ? left : left with { Resolved = traits.InsertOnly });
    }

    private static ModelTrainer Start(AlgorithmSetup setup, int width, int ignored) => setup.Definition.Name switch
    {
        "KMEANS" => new ClusterTrainer(setup, width),
        "DBSCAN" => new DensityTrainer(setup, width),
        "LinearRegression" => new RegressionTrainer(setup, width, ignored),
        "LogisticRegression" => new ClassifierTrainer(setup, width, ignored, isMargin: false),
        "SVM" => new ClassifierTrainer(setup, width, ignored, isMargin: true),
        var name => throw new ArgumentException($"The algorithm {name} is in the table but has no code.", nameof(setup)),
    };

    private TrainWindow? TrainOf(ScoreModelDefinition model, ImmutableArray<BuiltWindow> inputs)
    {
        var trains = inputs.Select(i => i.Window).OfType<TrainWindow>().ToList();
        return trains is [var train] && _algorithms[train] == model.Algorithm ? train : null;
    }

    private string NameOf(WindowDefinition definition) => $"{query}/{definition.Name}";
}
