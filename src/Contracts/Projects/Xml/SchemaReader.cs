using System.Collections.Immutable;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>A window's own schema, or what it is made of once the window it copies is known.</summary>
/// <param name="Fields">Own fields; those added to a copied schema.</param>
/// <param name="CopyFrom">Name of the window whose fields come first; null for none.</param>
/// <param name="CopyKeys">True when copied key fields are keys here too.</param>
/// <param name="Position">Where it stands.</param>
internal sealed record PendingSchema(ImmutableArray<Field> Fields, string? CopyFrom, bool CopyKeys, TextPosition Position);

/// <summary>Reads schema and schema-string elements.</summary>
internal static class SchemaReader
{
    /// <summary>The schema of a window's element; null when it has none or a wrong one (reported).</summary>
    public static PendingSchema? Read(ModelElement window, ReadScope scope, string path)
    {
        if (window.Child("schema-string") is { } text)
        {
            return ReadText(text, scope, path);
        }

        if (window.Child("schema") is not { } schema)
        {
            return null;
        }

        if (schema.Child("schema-string") is { } inner)
        {
            return ReadText(inner, scope, path);
        }

        scope.WarnUnknownAttributes(schema, path, "copy", "copy-keys", "name");
        var fields = ImmutableArray.CreateBuilder<Field>();
        foreach (var field in schema.Under("fields", "field"))
        {
            scope.WarnUnknownAttributes(field, path, "name", "type", "key");
            if (!SchemaText.TryMakeField(scope.Required(field, "name", path), scope.Required(field, "type", path),
                scope.Flag(field, "key", path), out var made, out var problem))
            {
                scope.Error(ProblemCode.InvalidSchema, path, field.Position, problem!);
                return null;
            }

            fields.Add(made!);
        }

        var copy = scope.Attribute(schema, "copy", path);
        var pending = new PendingSchema(fields.ToImmutable(), string.IsNullOrEmpty(copy) ? null : copy,
            scope.Flag(schema, "copy-keys", path), schema.Position);
        return pending.CopyFrom is not null || IsValid(pending, scope, path) ? pending : null;
    }

    /// <summary>Makes the schema; <paramref name="copied"/> is that of the window to copy from.</summary>
    public static Schema? Make(PendingSchema pending, Schema? copied, ReadScope scope, string path)
    {
        IReadOnlyList<Field> fields = copied is null
            ? pending.Fields
            : [.. copied.Fields.Select(f => f with { IsKey = f.IsKey && pending.CopyKeys }), .. pending.Fields];
        if (!SchemaText.TryMake(fields, out var schema, out var problem))
        {
            scope.Error(ProblemCode.InvalidSchema, path, pending.Position, $"The schema is wrong: {problem}");
        }

        return schema;
    }

    private static bool IsValid(PendingSchema pending, ReadScope scope, string path) => Make(pending, null, scope, path) is not null;

    private static PendingSchema? ReadText(ModelElement element, ReadScope scope, string path)
    {
        if (SchemaText.TryParse(scope.Text(element, path), out var schema, out var problem))
        {
            return new PendingSchema(schema!.Fields, null, false, element.TextPosition);
        }

        scope.Error(ProblemCode.InvalidSchema, path, element.TextPosition, $"The schema is wrong: {problem}");
        return null;
    }
}
