using System.Collections.Immutable;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects;

/// <summary>What a statedb-reader does, with fields by index.</summary>
/// <param name="Conditions">Fields of the input, and of stored rows that must equal them.</param>
/// <param name="Outputs">By field of the output: where its value comes from; null for a field that stays null.</param>
/// <param name="IsEach">True: a key is a field of the rows, so each row that is found leaves as an event.</param>
public sealed record StateDbLookup(
    ImmutableArray<(int Input, int Stored)> Conditions, ImmutableArray<StateDbSelection?> Outputs, bool IsEach)
{
    /// <summary>Finds the fields of a reader that has a schema.</summary>
    /// <param name="window">The reader.</param>
    /// <param name="input">Schema of its input.</param>
    /// <param name="stored">Schema of the rows that are stored.</param>
    /// <param name="report">Told what is wrong.</param>
    /// <returns>Null: something was reported.</returns>
    public static StateDbLookup? Create(
        StateDbReaderWindowDefinition window, Schema input, Schema stored, Action<TextPosition, string> report)
    {
        var isFine = true;
        void Report(TextPosition position, string message)
        {
            isFine = false;
            report(position, message);
        }

        var conditions = window.Conditions.Select(c => (Input: input.IndexOf(c.Field), Stored: stored.IndexOf(c.DbField))).ToImmutableArray();
        foreach (var (condition, (from, to)) in window.Conditions.Zip(conditions))
        {
            if (from < 0 || to < 0)
            {
                Report(window.QueryPosition, from < 0 ? $"The query names '{condition.Field}', which the input does not have."
                    : $"The query names '{condition.DbField}', which is not stored under prefix '{window.Prefix}'; stored are {Names(stored)}.");
            }
            else if (Comparable(input.Fields[from].Type) != Comparable(stored.Fields[to].Type))
            {
                Report(window.QueryPosition, $"The query compares '{condition.Field}', a {FieldTypeNames.NameOf(input.Fields[from].Type)}, "
                    + $"with '{condition.DbField}', a {FieldTypeNames.NameOf(stored.Fields[to].Type)}; they must have one type.");
            }
        }

        foreach (var output in window.Output.Where(o => (o.IsQuery ? stored : input).IndexOf(o.Name) < 0 && !IsCount(o)))
        {
            Report(output.Position, output.IsQuery
                ? $"'{output.Name}' is not stored under prefix '{window.Prefix}'; stored are {Names(stored)}."
                : $"The input has no field '{output.Name}'.");
        }

        var outputs = OutputsOf(window, input, Report);
        var keys = outputs.IsEmpty ? [] : window.Schema!.KeyIndexes.Select(k => outputs[k]!).Where(k => k.IsQuery).ToList();
        if (keys.Find(k => k.Aggregate.Length > 0 || window.Output.Any(o => o.Aggregate.Length > 0)) is { } key)
        {
            Report(key.Position, $"The key '{key.Name}' is taken from each row that is found; no field can be an aggregate then.");
        }

        return isFine ? new StateDbLookup(conditions, outputs, keys.Count > 0) : null;
    }

    /// <summary>True for the function that needs no field.</summary>
    public static bool IsCount(StateDbSelection selection) => selection.Aggregate.Equals("ESP_aCount", StringComparison.OrdinalIgnoreCase);

    // By name when all names are fields of the schema; else in its order, all fields or those that are no key.
    private static ImmutableArray<StateDbSelection?> OutputsOf(
        StateDbReaderWindowDefinition window, Schema input, Action<TextPosition, string> report)
    {
        var schema = window.Schema ?? throw new ArgumentException("The window has no schema.", nameof(window));
        var names = window.Output.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        var byName = names.Count == window.Output.Length && names.All(n => schema.IndexOf(n) >= 0);
        if (!byName && window.Output.Length == schema.Fields.Length)
        {
            return [.. window.Output];
        }

        var others = schema.Fields.Length - schema.KeyIndexes.Length;
        if (!byName && window.Output.Length != others)
        {
            report(window.Position, $"The output selects {window.Output.Length} fields; give one for each of the {schema.Fields.Length} fields of the "
                + $"schema or the {others} that are no key, in their order, or name them as the schema does.");
            return [];
        }

        var next = 0;
        var outputs = ImmutableArray.CreateBuilder<StateDbSelection?>(schema.Fields.Length);
        foreach (var field in schema.Fields)
        {
            var given = byName ? window.Output.FirstOrDefault(o => o.Name == field.Name) : field.IsKey ? null : window.Output[next++];
            if (given is null && field.IsKey)
            {
                given = new StateDbSelection(false, field.Name, "", window.Position);
                if (input.IndexOf(field.Name) < 0)
                {
                    report(window.Position, $"The key '{field.Name}' is neither selected nor a field of the input.");
                }
            }

            outputs.Add(given);
        }

        return outputs.ToImmutable();
    }

    private static FieldType Comparable(FieldType type) => type == FieldType.Int32 ? FieldType.Int64 : type;

    private static string Names(Schema schema) => string.Join(", ", schema.Fields.Select(f => f.Name));
}
