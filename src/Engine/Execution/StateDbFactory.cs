using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Compute;
using Lockstep.Engine.Windows.StateDb;

namespace Lockstep.Engine.Execution;

/// <summary>Makes statedb-writer and statedb-reader windows.</summary>
internal sealed class StateDbFactory(StateTables tables, string query, ProblemList problems)
{
    private const string Code = "LS2033";

    public BuiltWindow? CreateWriter(StateDbWriterWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs)
    {
        var path = $"{query}/{definition.Name}";
        if (!WindowChecks.HaveOneSchema(definition, inputs, path, problems)
            || StateDbTable.Create(definition, (at, message) => problems.Error(Code, path, at, message)) is not { } layout)
        {
            return null;
        }

        var input = inputs[0].Window.Schema;
        var fields = schema.Fields.Select(f => input.IndexOf(f.Name)).ToArray();
        if (Array.FindIndex(fields, f => f < 0) is >= 0 and var missing)
        {
            problems.Error(Code, path, definition.Position, $"Its field '{schema.Fields[missing].Name}' is no field of the input.");
            return null;
        }

        if (tables.Find(definition.Database, definition.Prefix) is not var (table, owner) || table.Schema.Id != layout.Schema.Id)
        {
            problems.Error(Code, path, definition.Position, $"Another window writes prefix '{definition.Prefix}' with other fields.");
            return null;
        }

        var traits = WindowTraits.Merge([.. inputs.Select(i => i.Traits)]);
        var window = new StateDbWriterWindow(
            path, schema, fields, [.. layout.Sources.Select(s => fields[s])], table, ReferenceEquals(owner, definition));
        return new BuiltWindow(window, RowPolicy.Traits(keepsRows: false, traits, RowPolicy.KeepsKeys(schema, [input])));
    }

    public BuiltWindow? CreateReader(StateDbReaderWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs)
    {
        var path = $"{query}/{definition.Name}";
        if (!WindowChecks.HaveOneSchema(definition, inputs, path, problems))
        {
            return null;
        }

        if (tables.Find(definition.Database, definition.Prefix) is not var (table, _))
        {
            problems.Error(Code, path, definition.Position, $"No statedb-writer of the project writes prefix '{definition.Prefix}'.");
            return null;
        }

        var input = inputs[0].Window.Schema;
        if (StateDbLookup.Create(definition, input, table.Schema, (at, message) => problems.Error(Code, path, at, message)) is not { } lookup
            || problems.Try(path, () => CreateModel(lookup, schema, input, table)) is not { } model)
        {
            return null;
        }

        var traits = WindowTraits.Merge([.. inputs.Select(i => i.Traits)]);
        var keepsKeys = input.KeyIndexes.All(k => schema.KeyIndexes.Any(o => model.Values[o] == new StateValue(StateSource.Input, k)));
        var keeps = model.IsEach ? definition.Index != IndexKind.Empty : RowPolicy.Keeps(definition.Index, traits, keepsKeys, isPure: false);
        var window = new StateDbReaderWindow(path, schema, model, keeps ? new KeyedRows(schema, null) : null);
        return new BuiltWindow(window, model.IsEach
            ? keeps ? WindowTraits.OfStore : new WindowTraits(traits.InsertOnly, traits.InsertOnly, UniqueKeys: false)
            : RowPolicy.Traits(keeps, traits, keepsKeys));
    }

    private static StateReaderModel CreateModel(StateDbLookup lookup, Schema schema, Schema input, StateTable table)
    {
        var functions = lookup.Outputs.Where(o => o?.Aggregate.Length > 0).Select(o => o!).ToList();
        var aggregates = functions.Count > 0 ? new StateAggregates(table.Schema, functions) : null;
        StateValue ValueOf(StateDbSelection? selection) => selection switch
        {
            null => new StateValue(StateSource.Nothing, 0),
            { Aggregate.Length: > 0 } => new StateValue(StateSource.Aggregate, functions.FindIndex(f => ReferenceEquals(f, selection))),
            { IsQuery: true } => new StateValue(StateSource.Row, table.Schema.IndexOf(selection.Name)),
            _ => new StateValue(StateSource.Input, input.IndexOf(selection.Name)),
        };
        var values = lookup.Outputs.Select(ValueOf).ToArray();
        FieldType TypeOf(int field) => values[field] switch
        {
            (StateSource.Input, var index) => input.Fields[index].Type,
            (StateSource.Row, var index) => table.Schema.Fields[index].Type,
            (StateSource.Aggregate, var index) => aggregates!.TypeOf(index),
            _ => schema.Fields[field].Type,
        };
        var found = new Schema(schema.Fields.Select((f, i) => new Field(f.Name, TypeOf(i), IsKey: false)));
        var compiler = new ExpressionCompiler(found, null);
        return new StateReaderModel(
            new StateLookup(table, lookup.Conditions), aggregates, values, found,
            [.. schema.Fields.Select((f, i) => WriterOf(compiler, found, f, i, lookup.Outputs[i]))], compiler.CreateFrame(), lookup.IsEach);
    }

    private static FieldWriter WriterOf(ExpressionCompiler compiler, Schema found, Field field, int index, StateDbSelection? selection) =>
        found.Fields[index].Type == field.Type ? new CopiedField(index)
            : FieldWriters.Create(compiler, found, field, new ExpressionText($"`{field.Name}`", selection?.Position ?? default));
}
