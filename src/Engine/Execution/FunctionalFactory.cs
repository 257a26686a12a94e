using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Functions;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Functional;

namespace Lockstep.Engine.Execution;

/// <summary>What the functions of a window come to, and what they run on.</summary>
internal sealed record CompiledFunctions(FunctionalModel Model, FunctionFrame Frame);

/// <summary>Makes functional windows.</summary>
internal sealed class FunctionalFactory(string query, ProblemList problems)
{
    public BuiltWindow? Create(FunctionalWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs)
    {
        var names = inputs.Select(i => ShortName(i.Window.Name)).ToArray();
        return Compile(definition, schema, [.. inputs.Select(i => i.Window.Schema)], names, keysMayMiss: false) is var (model, frame)
            ? Build(definition, schema, inputs, model, frame)
            : null;
    }

    /// <summary>Compiles functions and loops; null when something is wrong, which is reported.</summary>
    /// <param name="definition">What the model says.</param>
    /// <param name="schema">Schema of the events that are made.</param>
    /// <param name="inputs">Schemas of the windows in front.</param>
    /// <param name="names">Their names.</param>
    /// <param name="keysMayMiss">True: a key without function or field is null instead of an error.</param>
    public CompiledFunctions? Compile(
        FunctionalWindowDefinition definition, Schema schema, ImmutableArray<Schema> inputs, string[] names, bool keysMayMiss)
    {
        var compiler = new FunctionCompiler(
            NameOf(definition), inputs, problems,
            definition.Context.Functions.Concat(definition.Loops.SelectMany(l => l.Context.Functions)).Select(f => f.Name));
        var main = compiler.Context(definition.Context);
        var opcode = compiler.Optional(definition.Opcode);
        var generate = compiler.Optional(definition.Generate);
        var converted = new List<NamedFunction>();
        var fields = schema.Fields.Select(f => FieldOf(definition, keysMayMiss ? f with { IsKey = false } : f, compiler, inputs, converted)).ToArray();
        var seeds = compiler.Seeds(definition);
        var loops = definition.Loops.Select(l => compiler.Loop(l, schema)).ToArray();
        if (compiler.HasFailed || fields.Contains(null))
        {
            return null;
        }

        var model = new FunctionalModel(
            [.. main.Functions, .. converted], main.Properties, opcode, generate, [.. fields.Select(f => f!.Value)],
            names, [.. loops.Select(l => l!)], seeds);
        return new CompiledFunctions(model, new FunctionFrame(compiler.SlotCount, compiler.Properties));
    }

    private BuiltWindow Build(
        FunctionalWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs, FunctionalModel model,
        FunctionFrame frame)
    {
        var input = WindowTraits.Merge([.. inputs.Select(i => i.Traits)]);
        var keepsKeys = schema.KeyIndexes.All(k => model.Fields[k].Slot < 0)
            && RowPolicy.KeepsKeys(schema, [.. inputs.Select(i => i.Window.Schema)]);
        var insertsOnly = model.Opcode is ConstantFunction constant ? IsInsert(constant) : model.Opcode is null && input.InsertOnly;
        var changesEvents = model.Opcode is not null || model.Generate is not null || model.Loops.Length > 0;
        var isPure = model.Functions.All(f => f.Node.IsPure) && !changesEvents;
        if (changesEvents)
        {
            input = new WindowTraits(insertsOnly, Resolved: insertsOnly, UniqueKeys: false);
        }

        var keeps = RowPolicy.Keeps(definition.Index, input, keepsKeys, isPure);
        var window = new FunctionalWindow(
            NameOf(definition), schema, model, frame, keeps ? new KeyedRows(schema, null) : null);
        return new BuiltWindow(window, RowPolicy.Traits(keeps, input, keepsKeys));
    }

    private FunctionalField? FieldOf(
        FunctionalWindowDefinition definition, Field field, FunctionCompiler compiler, ImmutableArray<Schema> inputs,
        List<NamedFunction> converted)
    {
        var sources = inputs.Select(i => i.IndexOf(field.Name)).ToArray();
        if (definition.Context.Functions.Any(f => f.Name == field.Name))
        {
            return new FunctionalField(compiler.SlotOf(field.Name), sources);
        }

        var isSame = sources.Select((s, i) => s < 0 || inputs[i].Fields[s].Type == field.Type).All(same => same);
        if (!isSame)
        {
            // A field of another type is converted like a result.
            var slot = compiler.SlotOf(field.Name);
            converted.Add(new NamedFunction(slot, new FieldFunction(sources)));
            return new FunctionalField(slot, sources);
        }

        if (field.IsKey && Array.Exists(sources, s => s < 0)
            && !definition.Loops.Any(l => l.Context.Functions.Any(f => f.Name == field.Name)))
        {
            problems.Error("LS2010", NameOf(definition), definition.Position,
                $"The key '{field.Name}' is neither a function nor a field of the input.");
            return null;
        }

        return new FunctionalField(-1, sources);
    }

    private static bool IsInsert(ConstantFunction opcode) =>
        opcode.Value.ToText()?.Trim().ToUpperInvariant() is "INSERT" or "I";

    private static string ShortName(string name) => name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private string NameOf(FunctionalWindowDefinition definition) => $"{query}/{definition.Name}";
}
