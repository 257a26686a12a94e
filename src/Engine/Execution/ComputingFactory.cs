using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Compute;
using Lockstep.Engine.Windows.Filter;

namespace Lockstep.Engine.Execution;

/// <summary>Makes the windows of the general expression language, and splitters.</summary>
internal sealed class ComputingFactory(string query, ProblemList problems)
{
    public BuiltWindow? CreateFilter(FilterWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs)
    {
        if (inputs.FirstOrDefault(i => i.Window.Schema.Id != schema.Id) is { } mismatch)
        {
            Error("LS2007", definition, definition.Position,
                $"Its schema '{schema}' is not that of its input: '{mismatch.Window.Schema}'.");
            return null;
        }

        if (CreateCompiler(definition, schema, definition.Initializer) is not { } compiler
            || Try(definition, () => compiler.Compile(definition.Expression, ExprType.Boolean)) is not { } passes)
        {
            return null;
        }

        var input = WindowTraits.Merge([.. inputs.Select(i => i.Traits)]);
        var keeps = definition.Index != IndexKind.Empty && !(input.Resolved && input.UniqueKeys);
        var window = new FilterWindow(NameOf(definition), schema, new ExpressionTest(
            passes.As<bool?>(), compiler.CreateFrame(), passes.Condition, compiler.Chunk), keeps ? new KeyedRows(schema, null) : null);
        return new BuiltWindow(window, RowPolicy.Traits(keeps, input, keepsKeys: true));
    }

    public BuiltWindow? CreateCompute(ComputeWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs)
    {
        var input = inputs[0].Window.Schema;
        if (!WindowChecks.HaveOneSchema(definition, inputs, NameOf(definition), problems)
            || CreateCompiler(definition, input, definition.Initializer) is not { } compiler
            || CreateFields(definition, schema, input, compiler) is not { } fields)
        {
            return null;
        }

        var traits = WindowTraits.Merge([.. inputs.Select(i => i.Traits)]);
        var keepsKeys = RowPolicy.KeepsKeys(schema, [input]);
        var keeps = RowPolicy.Keeps(
            definition.Index, traits, keepsKeys, Array.TrueForAll(fields, f => f.IsPure));
        var window = new ComputeWindow(NameOf(definition), schema, fields, compiler.CreateFrame(),
            keeps ? new KeyedRows(schema, null) : null);
        return new BuiltWindow(window, RowPolicy.Traits(keeps, traits, keepsKeys));
    }

    public SlotChoice? CreateSlots(WindowDefinition definition, Schema schema)
    {
        var splitter = definition.Splitter!;
        return CreateCompiler(definition, schema, splitter.Initializer) is { } compiler
            && Try(definition, () => compiler.Compile(splitter.Expression, ExprType.Integer)) is { } slotOf
            ? new ExpressionSlots(slotOf.As<long?>(), compiler.CreateFrame())
            : null;
    }

    private FieldWriter[]? CreateFields(
        ComputeWindowDefinition definition, Schema schema, Schema input, ExpressionCompiler compiler)
    {
        if (!WindowChecks.HasExpressionPerField(definition, definition.Expressions.Length, schema, NameOf(definition), problems))
        {
            return null;
        }

        var fields = new FieldWriter?[schema.Fields.Length];
        var next = 0;
        for (var i = 0; i < fields.Length; i++)
        {
            var field = schema.Fields[i];
            if (!field.IsKey)
            {
                var expression = definition.Expressions[next++];
                fields[i] = Try(definition, () => FieldWriters.Create(compiler, input, field, expression));
            }
            else if (input.IndexOf(field.Name) is >= 0 and var source && input.Fields[source].Type == field.Type)
            {
                fields[i] = new CopiedField(source);
            }
            else
            {
                Error("LS2010", definition, definition.Position,
                    $"The key '{field.Name}' must be a field of the input with the same type.");
            }
        }

        return Array.TrueForAll(fields, f => f is not null) ? [.. fields.Select(f => f!)] : null;
    }

    private ExpressionCompiler? CreateCompiler(WindowDefinition definition, Schema schema, ExpressionInitializer? initializer) =>
        Try(definition, () => new ExpressionCompiler(schema, initializer));

    private T? Try<T>(WindowDefinition definition, Func<T> compile)
        where T : class => problems.Try(NameOf(definition), compile);

    private void Error(string code, WindowDefinition definition, TextPosition position, string message) =>
        problems.Error(code, NameOf(definition), position, message);

    private string NameOf(WindowDefinition definition) => $"{query}/{definition.Name}";
}
