using System.Collections.Immutable;
using System.Globalization;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Contracts.Projects.Algorithms;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Execution;

/// <summary>Makes calculate windows.</summary>
internal sealed class CalculateFactory(string query, LoadedFiles files, ProblemList problems)
{
    public BuiltWindow? Create(CalculateWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs)
    {
        if (AlgorithmTable.Find(definition.Algorithm, AlgorithmUse.Calculate) is not { } algorithm)
        {
            Error("LS2301", definition, $"The algorithm '{definition.Algorithm}' is not supported. Supported: "
                + $"{AlgorithmTable.NamesFor(AlgorithmUse.Calculate)}.");
            return null;
        }

        if (inputs.Length > 1)
        {
            Error("LS2008", definition, "A calculate window has one input.");
            return null;
        }

        return algorithm.Name == "Summary"
            ? CreateSummary(definition, schema, inputs[0])
            : new AlgorithmFactory(files, problems).Create(definition, algorithm, schema, inputs[0], NameOf(definition));
    }

    private BuiltWindow? CreateSummary(CalculateWindowDefinition definition, Schema schema, BuiltWindow front)
    {
        var input = front.Window.Schema;
        var length = WindowLengthOf(definition);
        var field = InputOf(definition, input);
        var statistics = StatisticsOf(definition, schema);
        var sources = SourcesOf(definition, schema, input);
        if (length is null || field is null || statistics is null || sources is null)
        {
            return null;
        }

        for (var i = 0; i < sources.Length; i++)
        {
            sources[i] = statistics[i] is null ? sources[i] : -1;
        }

        var traits = front.Traits;
        var keepsKeys = RowPolicy.KeepsKeys(schema, [input]);
        var keeps = RowPolicy.Keeps(definition.Index, traits, keepsKeys, isPure: false);
        var model = new SummaryModel(length.Value, field.Value, sources, statistics);
        var window = new SummaryWindow(NameOf(definition), schema, model, keeps ? new KeyedRows(schema, null) : null);
        var left = RowPolicy.Traits(keeps, traits, keepsKeys);
        return new BuiltWindow(window, keeps ? left : left with { Resolved = traits.InsertOnly });
    }

    private int? WindowLengthOf(CalculateWindowDefinition definition)
    {
        var text = definition.Parameters.GetValueOrDefault("windowLength", "0");
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= AlgorithmTable.WindowLengthMax)
        {
            return length;
        }

        Error("LS2302", definition,
            $"windowLength is '{text}'; it must be a whole number from 0 (all events) to {AlgorithmTable.WindowLengthMax}.");
        return null;
    }

    private int? InputOf(CalculateWindowDefinition definition, Schema input)
    {
        if (!definition.InputMap.TryGetValue("input", out var name))
        {
            Error("LS2303", definition, "The input map has no 'input'.");
            return null;
        }

        var index = input.IndexOf(name);
        if (index >= 0 && input.Fields[index].Type is FieldType.Double or FieldType.Int32 or FieldType.Int64 or FieldType.Money)
        {
            return index;
        }

        Error("LS2303", definition, $"The input '{name}' must be a number field of the input window.");
        return null;
    }

    private Statistic?[]? StatisticsOf(CalculateWindowDefinition definition, Schema schema)
    {
        var statistics = new Statistic?[schema.Fields.Length];
        var isValid = true;
        foreach (var (role, name) in definition.OutputMap)
        {
            // Of roles that are not computed the validator warns.
            var index = schema.IndexOf(name);
            var known = Enum.GetValues<Statistic>().Where(s => role == RoleOf(s)).ToList();
            if (known.Count == 0)
            {
                continue;
            }

            if (index < 0 || schema.Fields[index] is not
                { IsKey: false, Type: FieldType.Double or FieldType.Int32 or FieldType.Int64 })
            {
                Error("LS2304", definition,
                    $"Output '{role}' needs the field '{name}' in the schema: a double, int32 or int64, no key.");
                isValid = false;
            }
            else
            {
                statistics[index] = known[0];
            }
        }

        return isValid ? statistics : null;
    }

    private static string RoleOf(Statistic statistic)
    {
        var name = statistic.ToString();
        return $"{char.ToLowerInvariant(name[0])}{name[1..]}Out";
    }

    private int[]? SourcesOf(CalculateWindowDefinition definition, Schema schema, Schema input)
    {
        var sources = schema.Fields.Select(f => input.IndexOf(f.Name)).ToArray();
        var isValid = true;
        for (var i = 0; i < sources.Length; i++)
        {
            var field = schema.Fields[i];
            if (sources[i] >= 0 && input.Fields[sources[i]].Type != field.Type
                && !definition.OutputMap.ContainsValue(field.Name))
            {
                Error("LS2010", definition,
                    $"Field '{field.Name}' is a {FieldTypeNames.NameOf(field.Type)} but another type in the input.");
                isValid = false;
            }
            else if (field.IsKey && sources[i] < 0)
            {
                Error("LS2010", definition, $"The key '{field.Name}' must be a field of the input with the same type.");
                isValid = false;
            }
        }

        return isValid ? sources : null;
    }

    private void Error(string code, CalculateWindowDefinition definition, string message) =>
        problems.Error(code, NameOf(definition), definition.Position, message);

    private string NameOf(CalculateWindowDefinition definition) => $"{query}/{definition.Name}";
}
