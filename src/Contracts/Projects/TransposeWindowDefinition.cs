using System.Collections.Immutable;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects;

/// <summary>window-transpose: turns tagged events into columns (wide) or such columns into tagged events (long).</summary>
public sealed record TransposeWindowDefinition : WindowDefinition
{
    /// <summary>In long mode the key field that numbers the tags of an input event, from 0.</summary>
    public const string TagNumberField = "tagNum";

    /// <summary>Which way.</summary>
    public TransposeMode Mode { get; init; }

    /// <summary>The field that holds the tag: of the input (wide) or of the output (long).</summary>
    public required string TagName { get; init; }

    /// <summary>The tags, in the order of their columns.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>The fields that hold a tag's values, in the order of its columns.</summary>
    public ImmutableArray<string> TagValues { get; init; } = [];

    /// <summary>Wide: the fields whose values tell which row an event belongs to; empty for one row of all events.</summary>
    public ImmutableArray<string> GroupBy { get; init; } = [];

    /// <summary>Wide: a row without events for that long begins anew; null for never.</summary>
    public TimeSpan? ClearTimeout { get; init; }

    /// <inheritdoc/>
    public override string Kind => "transpose";

    /// <inheritdoc/>
    public override bool DerivesSchema => true;

    /// <summary>Name of the column of one tag's value.</summary>
    public static string ColumnOf(string tag, string value) => $"{tag}_{value}";

    /// <inheritdoc/>
    internal override Schema? SchemaFrom(ImmutableArray<WindowInput> inputs, Action<string> report)
    {
        var fields = inputs[0].Schema!.Fields;
        var made = Mode == TransposeMode.Wide ? WideFields(fields, report) : LongFields(fields, report);
        if (made?.GroupBy(f => f.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            report($"Its output would have two fields '{twice.Key}'; rename one in front.");
            return null;
        }

        return made is null ? null : new Schema(made);
    }

    private List<Field>? WideFields(ImmutableArray<Field> fields, Action<string> report)
    {
        if (Missing([TagName, .. TagValues, .. GroupBy], fields, report))
        {
            return null;
        }

        if (fields.First(f => f.Name == TagName).Type is not (FieldType.String or FieldType.Int32 or FieldType.Int64))
        {
            report($"The tag field '{TagName}' must be a string or a whole number.");
            return null;
        }

        var values = TagValues.Select(v => fields.First(f => f.Name == v)).ToList();
        List<Field> made =
        [
            .. fields.Where(f => f.IsKey),
            .. GroupBy.Select(g => fields.First(f => f.Name == g)).Where(f => !f.IsKey),
            .. Tags.SelectMany(t => values.Select(v => new Field(ColumnOf(t, v.Name), v.Type))),
        ];
        made.AddRange(fields.Where(f => f.Name != TagName && !TagValues.Contains(f.Name) && !made.Exists(m => m.Name == f.Name)));
        return made;
    }

    private List<Field>? LongFields(ImmutableArray<Field> fields, Action<string> report)
    {
        var columns = Tags.SelectMany(t => TagValues.Select(v => ColumnOf(t, v))).ToHashSet();
        if (Missing(columns, fields, report))
        {
            return null;
        }

        List<Field> made =
        [
            .. fields.Where(f => f.IsKey),
            new Field(TagNumberField, FieldType.Int32, IsKey: true),
            new Field(TagName, FieldType.String),
        ];
        foreach (var value in TagValues)
        {
            var types = Tags.Select(t => fields.First(f => f.Name == ColumnOf(t, value)).Type).Distinct().ToList();
            if (types.Count > 1)
            {
                report($"The columns of '{value}' have different types; give them one.");
                return null;
            }

            made.Add(new Field(value, types[0]));
        }

        made.AddRange(fields.Where(f => !f.IsKey && !columns.Contains(f.Name)));
        return made;
    }

    private static bool Missing(IEnumerable<string> names, ImmutableArray<Field> fields, Action<string> report)
    {
        var missing = names.Where(n => fields.All(f => f.Name != n)).Distinct().ToList();
        if (missing.Count == 0)
        {
            return false;
        }

        report($"Its input has no field '{string.Join("', '", missing)}'; it has {string.Join(", ", fields.Select(f => f.Name))}.");
        return true;
    }
}
