using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Aggregate;
using Lockstep.Engine.Windows.Compute;

namespace Lockstep.Engine.Execution;

/// <summary>Makes aggregate windows.</summary>
internal sealed class AggregateFactory(string query, ProblemList problems)
{
    public BuiltWindow? Create(AggregateWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs)
    {
        var input = inputs[0].Window.Schema;
        if (!WindowChecks.HaveOneSchema(definition, inputs, NameOf(definition), problems)
            || !WindowChecks.HasExpressionPerField(definition, definition.Expressions.Length, schema, NameOf(definition), problems))
        {
            return null;
        }

        // Only inserts: no member ever goes, and repeated keys are members of their own. Else every key has one member.
        var traits = WindowTraits.Merge([.. inputs.Select(i => i.Traits)]);
        if (CreateModel(definition, schema, input, traits.InsertOnly) is not { } model)
        {
            return null;
        }

        var keeps = !traits.InsertOnly && !(traits.Resolved && traits.UniqueKeys);
        var window = new AggregateWindow(
            NameOf(definition), schema, input, model, keeps ? new KeyedRows(input, null) : null);
        return new BuiltWindow(window, WindowTraits.OfStore);
    }

    private AggregateModel? CreateModel(AggregateWindowDefinition definition, Schema schema, Schema input, bool insertOnly)
    {
        var keys = schema.KeyIndexes.Select(k => schema.Fields[k]).ToList();
        var missing = keys.Where(k => input.IndexOf(k.Name) is not (>= 0 and var index) || input.Fields[index].Type != k.Type).ToList();
        foreach (var key in missing)
        {
            Error("LS2010", definition,
                $"The key '{key.Name}' must be a field of the input with the same type.");
        }

        if (missing.Count > 0)
        {
            return null;
        }

        var groups = new GroupTable(input, [.. keys.Select(k => input.IndexOf(k.Name))], schema);
        var functions = new AggregateFunctions(input, groups, insertOnly);
        var bodies = definition.Expressions.Concat(definition.Initializer?.Functions.Select(f => f.Body) ?? []).ToList();
        if (!bodies.ConvertAll(b => Try(definition, () => Collect(b, functions, keys))).TrueForAll(b => b is not null))
        {
            return null;
        }

        var results = new Schema(keys.Select(k => k with { IsKey = false }).Concat(functions.Fields));
        int FieldOf(CallNode call) => functions.Find(call) is >= 0 and var index ? keys.Count + index : -1;
        if (Try(definition, () => new ExpressionCompiler(results, definition.Initializer, FieldOf)) is not { } compiler)
        {
            return null;
        }

        var writers = new FieldWriter?[schema.Fields.Length];
        var (next, isValid) = (0, true);
        for (var i = 0; i < writers.Length; i++)
        {
            var field = schema.Fields[i];
            if (!field.IsKey)
            {
                var text = definition.Expressions[next++];
                writers[i] = Try(definition, () => CreateWriter(compiler, results, field, text, FieldOf));
                isValid &= writers[i] is not null;
            }
        }

        return isValid ? new AggregateModel(groups, functions, results, writers, compiler.CreateFrame()) : null;
    }

    private static BlockNode Collect(ExpressionText text, AggregateFunctions functions, List<Field> keys)
    {
        var block = Parser.Parse(text, name => keys.Exists(k => k.Name.Equals(name, StringComparison.OrdinalIgnoreCase)));
        functions.AddAll(block);
        return block;
    }

    // A function alone whose values have the field's type is passed on as it is: so are those that expressions cannot hold.
    private static FieldWriter CreateWriter(
        ExpressionCompiler compiler, Schema results, Field field, ExpressionText text, Func<CallNode, int> fieldOf) =>
        Parser.Parse(text, compiler.IsField).Statements is [CallNode call] && fieldOf(call) is >= 0 and var index
            && results.Fields[index].Type == field.Type
            ? new CopiedField(index)
            : FieldWriters.Create(compiler, results, field, text);

    private T? Try<T>(AggregateWindowDefinition definition, Func<T> compile)
        where T : class => problems.Try(NameOf(definition), compile);

    private void Error(string code, AggregateWindowDefinition definition, string message) =>
        problems.Error(code, NameOf(definition), definition.Position, message);

    private string NameOf(AggregateWindowDefinition definition) => $"{query}/{definition.Name}";
}
