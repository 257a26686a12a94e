using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Contracts.Projects.Algorithms;
using Lockstep.Engine.Models;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Calculate;
using Lockstep.Engine.Windows.Models;

namespace Lockstep.Engine.Execution;

/// <summary>Makes train, score, model-reader and model-supervisor windows.</summary>
internal sealed class ModelFactory(string query, LoadedFiles files, ProblemList problems)
{
    private static readonly ImmutableDictionary<string, string> NoMap = ImmutableDictionary<string, string>.Empty;

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
            var window = new TrainWindow(path, algorithm.Name, Start(setup, variables.Length, ignored), variables, target, schedule);
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
        if (definition.Models is not [{ Roles: { } roles } model, ..] || !HasSource(model, inputs) || data.Length == 0
            || data.Any(d => d.Window.Schema.Id != data[0].Window.Schema.Id))
        {
            problems.Error("LS2305", path, definition.Position,
                "A score window needs a model, one edge from a train, model-reader or model-supervisor window with its algorithm or type, "
                + "and edges from windows of one schema with the events.");
            return null;
        }

        var input = data[0].Window.Schema;
        var source = inputs.Select(i => i.Window).OfType<IModelSource>().FirstOrDefault();
        var resolver = new MapResolver(roles, definition, path, problems);
        if (resolver.Resolve(NoMap, model.InputMap, model.OutputMap, input, schema) is not { } setup
            || AlgorithmFactory.SourcesOf(definition, setup, schema, input, path, problems) is not { } fields
            || (model.IsOffline ? StartOffline(definition, model, setup, source, input, schema, path)
                : (ScoreAlgorithm?)StartOnline(definition, setup, source!, path)) is not { } scoring)
        {
            return null;
        }

        var traits = WindowTraits.Merge([.. data.Select(d => d.Traits)]);
        var keepsKeys = RowPolicy.KeepsKeys(schema, [input]) && schema.KeyIndexes.All(k => fields[k] >= 0 && input.Fields[fields[k]].IsKey);
        var keeps = RowPolicy.Keeps(definition.Index, traits, keepsKeys, isPure: false);
        var window = new ScoreWindow(
            path, schema, scoring, new ResultRows(schema, fields), keepsKeys, keeps ? new KeyedRows(schema, null) : null,
            [.. inputs.Select(i => i.Window as IModelSource)]);
        var left = RowPolicy.Traits(keeps, traits, keepsKeys);
        return new BuiltWindow(window, keeps ? left : left with { Resolved = traits.InsertOnly });
    }

    public BuiltWindow? CreateSupervisor(ModelSupervisorWindowDefinition definition, ImmutableArray<BuiltWindow> inputs)
    {
        var path = NameOf(definition);
        var sources = inputs.Select(i => i.Window).OfType<IModelSource>().ToList();
        if (sources.Count == 0 || sources.Exists(s => s.Algorithm != sources[0].Algorithm || s.Width != sources[0].Width))
        {
            problems.Error("LS2305", path, definition.Position,
                "A model-supervisor window needs edges from train or model-reader windows; several have one algorithm and as many inputs.");
            return null;
        }

        if (!CanAsk(definition, inputs.Where(i => i.Window is not IModelSource), path))
        {
            return null;
        }

        var requests = inputs.Select(i => i.Window is IModelSource ? null : ModelRequests.For(i.Window.Schema)).ToArray();
        var window = new ModelSupervisorWindow(
            path, definition.IsOnDemand, definition.Capacity, [.. inputs.Select(i => i.Window as IModelSource)], requests);

        // A model may be asked for twice, and several train windows number from 0 each.
        return new BuiltWindow(window, new WindowTraits(InsertOnly: true, Resolved: true, UniqueKeys: false));
    }

    public BuiltWindow? CreateReader(ModelReaderWindowDefinition definition, ImmutableArray<BuiltWindow> inputs)
    {
        var path = NameOf(definition);
        var first = definition.File is { } file ? Load(definition, file, path) : null;
        if (!CanAsk(definition, inputs, path) || (first is null && definition.File is not null))
        {
            return null;
        }

        if (first is null && inputs.IsEmpty)
        {
            problems.Error("LS2306", path, definition.Position,
                "A model-reader window needs parameter reference, the path of a file, or an edge from a window with requests.");
            return null;
        }

        var requests = inputs.Select(i => ModelRequests.For(i.Window.Schema)!).ToArray();
        return new BuiltWindow(
            new ModelReaderWindow(path, definition.ModelType, first, files, requests),
            new WindowTraits(InsertOnly: true, Resolved: true, UniqueKeys: true));
    }

    private TrainedScoring? StartOnline(ScoreWindowDefinition definition, AlgorithmSetup setup, IModelSource train, string path)
    {
        if (setup.Inputs["inputs"].Length == train.Width)
        {
            return new TrainedScoring(setup);
        }

        problems.Error("LS2305", path, definition.Position,
            $"The score window has {setup.Inputs["inputs"].Length} inputs, its train window {train.Width}.");
        return null;
    }

    // A model that is there before the first event is tried against the maps now; one that a request brings when it comes.
    private TensorScoring? StartOffline(
        ScoreWindowDefinition definition, ScoreModelDefinition model, AlgorithmSetup setup, IModelSource? source, Schema input, Schema schema,
        string path)
    {
        var own = model.Reference is { } reference ? Load(definition, reference, path) : null;
        if (own is null && model.Reference is not null)
        {
            return null;
        }

        var scoring = new TensorScoring(setup, input, schema, files);
        var first = (source as ModelReaderWindow)?.First;
        if ((own is not null ? scoring.Take(own) : first is null ? null : scoring.Refusal(first)) is { } why)
        {
            problems.Error("LS2306", path, definition.Position, why);
            return null;
        }

        return scoring;
    }

    private FileModel? Load(WindowDefinition definition, string reference, string path)
    {
        try
        {
            return files.ModelOf(0, reference);
        }
        catch (ModelException failed)
        {
            problems.Error("LS2306", path, definition.Position, $"The model of '{reference}' can't be loaded: {failed.Message}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problems.Error("LS2402", path, definition.Position, $"The model's file can't be read: {unreadable.Message}");
        }

        return null;
    }

    private bool CanAsk(WindowDefinition definition, IEnumerable<BuiltWindow> inputs, string path)
    {
        if (inputs.FirstOrDefault(i => ModelRequests.For(i.Window.Schema) is null) is not { } mute)
        {
            return true;
        }

        problems.Error("LS2305", path, definition.Position,
            $"The window '{mute.Window.Name}' can't send requests: they need a key and, beside it, two string fields, name and value.");
        return false;
    }

    private static ModelTrainer Start(AlgorithmSetup setup, int width, int ignored) => setup.Definition.Name switch
    {
        "KMEANS" => new ClusterTrainer(setup, width),
        "DBSCAN" => new DensityTrainer(setup, width),
        "LinearRegression" => new RegressionTrainer(setup, width, ignored),
        "LogisticRegression" => new ClassifierTrainer(setup, width, ignored, isMargin: false),
        "TSNE" => new EmbeddingTrainer(setup, width),
        "SVM" => new ClassifierTrainer(setup, width, ignored, isMargin: true),
        var name => throw new ArgumentException($"The algorithm {name} is in the table but has no code.", nameof(setup)),
    };

    private static bool HasSource(ScoreModelDefinition model, ImmutableArray<BuiltWindow> inputs)
    {
        var sources = inputs.Select(i => i.Window).OfType<IModelSource>().ToList();
        return sources is [var source] ? source.Algorithm == model.Algorithm : sources.Count == 0 && model.Reference is not null;
    }

    private string NameOf(WindowDefinition definition) => $"{query}/{definition.Name}";
}
