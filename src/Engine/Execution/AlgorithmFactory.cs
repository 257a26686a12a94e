using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Contracts.Projects.Algorithms;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Execution;

/// <summary>Makes calculate windows that run an algorithm of the table, Summary left out.</summary>
internal sealed class AlgorithmFactory(LoadedFiles files, ProblemList problems)
{
    public BuiltWindow? Create(
        CalculateWindowDefinition definition, AlgorithmDefinition algorithm, Schema schema, BuiltWindow front, string path)
    {
        var input = front.Window.Schema;
        var resolver = new MapResolver(algorithm, definition, path, problems);
        if (resolver.Resolve(definition.Parameters, definition.InputMap, definition.OutputMap, input, schema) is not { } setup
            || SourcesOf(definition, setup, schema, input, path, problems) is not { } sources
            || Start(setup, definition, input, path) is not { } computation)
        {
            return null;
        }

        var traits = front.Traits;
        var rowsAreUnique = RowPolicy.KeepsKeys(schema, [input]);
        var keepsKeys = rowsAreUnique && schema.KeyIndexes.All(k => sources[k] >= 0 && input.Fields[sources[k]].IsKey);
        var keeps = RowPolicy.Keeps(definition.Index, traits, rowsAreUnique, isPure: false);
        var window = new AlgorithmWindow(
            path, schema, computation, new ResultRows(schema, sources), algorithm.Output, keepsKeys, keeps ? new KeyedRows(schema, null) : null);
        var left = RowPolicy.Traits(keeps, traits, rowsAreUnique);
        return new BuiltWindow(window, keeps ? left : left with { Resolved = traits.InsertOnly });
    }

    private CalculateAlgorithm Start(AlgorithmSetup setup, Schema input) => setup.Definition.Name switch
    {
        "STFT" => new FourierAlgorithm(setup),
        "Cepstrum" => new CepstrumAlgorithm(setup),
        "Correlation" => new CorrelationAlgorithm(setup),
        "SegmentedCorrelation" => new SegmentedCorrelationAlgorithm(setup),
        "FitStat" => new FitAlgorithm(setup, input.Fields[setup.Input("response").Field].Type == FieldType.String),
        "ROC" => new RocAlgorithm(setup),
        "Histogram" => new HistogramAlgorithm(setup),
        "DistributionFitting" => new DistributionAlgorithm(setup),
        "SST" => new SubspaceAlgorithm(setup),
        "LagMonitor" => new LagAlgorithm(setup),
        "MRR" => new RangeAlgorithm(setup),
        "ChangeDetection" => new ChangeAlgorithm(setup),
        "Tokenization" => new TokenAlgorithm(setup),
        "TFIDF" => new TermAlgorithm(setup),
        "TextVectorization" => new VectorAlgorithm(setup, VectorsOf(setup)),
        var name => throw new ArgumentException($"The algorithm {name} is in the table but has no code.", nameof(setup)),
    };

    private CalculateAlgorithm? Start(AlgorithmSetup setup, CalculateWindowDefinition definition, Schema input, string path)
    {
        try
        {
            return Start(setup, input);
        }
        catch (AlgorithmException error)
        {
            problems.Error("LS2302", path, definition.Position, error.Message);
            return null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problems.Error("LS2402", path, definition.Position, $"The word vectors can't be read: {unreadable.Message}");
            return null;
        }
    }

    private WordVectors VectorsOf(AlgorithmSetup setup)
    {
        var delimiter = setup.Text("wordVecDelimiter").ToUpperInvariant() switch { "COMMA" => ',', "TAB" => '\t', _ => ' ' };
        var lineBreak = setup.Text("wordVecLineBreak") switch
        {
            "LF" => "\n",
            "CR" => "\r",
            "CRLF" => "\r\n",
            var text => text.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\r", "\r", StringComparison.Ordinal),
        };
        return setup.Has("wordVec") ? files.VectorsOf(setup.Text("wordVec"), delimiter, lineBreak)
            : throw new AlgorithmException("Parameter wordVec is missing: the path of a file with word vectors.");
    }

    /// <summary>By output field: index of the input field that is passed on, or -1. Mapped fields come before those of the same name.</summary>
    public static int[]? SourcesOf(
        WindowDefinition definition, AlgorithmSetup setup, Schema schema, Schema input, string path, ProblemList problems)
    {
        var mapped = new Dictionary<int, int>();
        foreach (var role in setup.Definition.Outputs)
        {
            foreach (var place in setup.Output(role.Name)?.Places ?? [])
            {
                mapped[place.Field] = role.Repeats is { } repeated ? setup.InputOrNone(repeated)?.Field ?? -1 : -1;
            }
        }

        var sources = new int[schema.Fields.Length];
        var isValid = true;
        for (var i = 0; i < sources.Length; i++)
        {
            var field = schema.Fields[i];
            var isMapped = mapped.TryGetValue(i, out var from);
            sources[i] = isMapped ? from : input.IndexOf(field.Name);
            if (sources[i] >= 0 && input.Fields[sources[i]].Type != field.Type)
            {
                problems.Error("LS2010", path, definition.Position,
                    $"Field '{field.Name}' is a {FieldTypeNames.NameOf(field.Type)} but another type in the input.");
                isValid = false;
            }
            else if (sources[i] < 0 && field.IsKey && !isMapped)
            {
                problems.Error("LS2010", path, definition.Position,
                    $"The key '{field.Name}' must be a field of the input with the same type, or in the output map.");
                isValid = false;
            }
        }

        return isValid ? sources : null;
    }
}
