using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Functions;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Functional;

namespace Lockstep.Engine.Execution;

/// <summary>Makes functional windows.</summary>
internal sealed class FunctionalFactory(string query, ProblemList problems)
{
    public BuiltWindow? Create(FunctionalWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs)
    {
        var fieldsOfInputs = CommonFields([.. inputs.Select(i => i.Window.Schema)]);
        var names = new List<string>();
        var functions = new List<FunctionNode?>();
        foreach (var function in definition.Functions)
        {
            functions.Add(Parse(definition, function.Body, fieldsOfInputs, names));
            names.Add(function.Name);
        }

        var opcode = definition.Opcode is { } o ? Parse(definition, o, fieldsOfInputs, names) : null;
        var generate = definition.Generate is { } g ? Parse(definition, g, fieldsOfInputs, names) : null;
        var fields = schema.Fields.Select(f => FieldOf(definition, f, names, inputs)).ToArray();
        if (functions.Contains(null) || (opcode is null) != (definition.Opcode is null)
            || (generate is null) != (definition.Generate is null) || fields.Contains(null))
        {
            return null;
        }

        var model = new FunctionalModel(
            [.. functions.Select(f => f!)], opcode, generate, [.. fields.Select(f => f!.Value)],
            [.. inputs.Select(i => ShortName(i.Window.Name))]);
        return Build(definition, schema, inputs, model);
    }

    private BuiltWindow Build(
        FunctionalWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs, FunctionalModel model)
    {
        var input = WindowTraits.Merge([.. inputs.Select(i => i.Traits)]);
        var keepsKeys = schema.KeyIndexes.All(k => model.Fields[k].Function < 0)
            && RowPolicy.KeepsKeys(schema, [.. inputs.Select(i => i.Window.Schema)]);
        var setsOpcode = model.Opcode is not null || model.Generate is not null;
        var isPure = model.Functions.All(f => f.IsPure) && !setsOpcode;
        if (setsOpcode)
        {
            input = default;
        }

        var keeps = RowPolicy.Keeps(definition.Index, input, keepsKeys, isPure);
        var window = new FunctionalWindow(
            NameOf(definition), schema, model, keeps ? new KeyedRows(schema, null) : null);
        return new BuiltWindow(window, RowPolicy.Traits(keeps, input, keepsKeys));
    }

    private FunctionNode? Parse(
        FunctionalWindowDefinition definition, ExpressionText text, Schema input, List<string> earlier) =>
        problems.Try(NameOf(definition), () => FunctionParser.Parse(text, input, earlier));

    private FunctionalField? FieldOf(
        FunctionalWindowDefinition definition, Field field, List<string> functions, ImmutableArray<BuiltWindow> inputs)
    {
        var function = functions.LastIndexOf(field.Name);
        var sources = inputs.Select(i => i.Window.Schema.IndexOf(field.Name)).ToArray();
        if (function >= 0)
        {
            return new FunctionalField(function, sources);
        }

        for (var i = 0; i < sources.Length; i++)
        {
            if (sources[i] >= 0 && inputs[i].Window.Schema.Fields[sources[i]].Type != field.Type)
            {
                problems.Error("LS2010", NameOf(definition), definition.Position,
                    $"Field '{field.Name}' is a {FieldTypeNames.NameOf(field.Type)} but another type in the input; "
                    + "give it a function that converts it.");
                return null;
            }

            if (field.IsKey && sources[i] < 0)
            {
                problems.Error("LS2010", NameOf(definition), definition.Position,
                    $"The key '{field.Name}' is neither a function nor a field of the input.");
                return null;
            }
        }

        return new FunctionalField(-1, sources);
    }

    // With several inputs a name can be used when it is the same field at the same place in all of them.
    private static Schema CommonFields(ImmutableArray<Schema> inputs) => inputs.All(i => i.Equals(inputs[0]))
        ? inputs[0]
        : new Schema(inputs[0].Fields.TakeWhile((f, i) => inputs.All(s => i < s.Fields.Length
            && s.Fields[i].Name == f.Name && s.Fields[i].Type == f.Type)));

    private static string ShortName(string name) => name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private string NameOf(FunctionalWindowDefinition definition) => $"{query}/{definition.Name}";
}
