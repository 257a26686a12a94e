namespace Lockstep.Contracts.Events;

/// <summary>The text form of a schema: <c>id*:int64,name:string</c>, a star for a key field (language.md 2.1).</summary>
public static class SchemaText
{
    /// <summary>Fields a schema may have.</summary>
    public const int MaxFields = 4096;

    /// <summary>Reads a schema; blanks around names and types are allowed.</summary>
    /// <returns>True with a schema, or false with what is wrong.</returns>
    public static bool TryParse(string text, out Schema? schema, out string? problem)
    {
        schema = null;
        problem = null;
        var fields = new List<Field>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = part.LastIndexOf(':');
            if (colon <= 0)
            {
                problem = $"'{part}' is not name:type.";
                return false;
            }

            var name = part[..colon].TrimEnd();
            var isKey = name.EndsWith('*');
            if (!TryMakeField(isKey ? name[..^1].TrimEnd() : name, part[(colon + 1)..], isKey, out var field, out problem))
            {
                return false;
            }

            fields.Add(field!);
        }

        return TryMake(fields, out schema, out problem);
    }

    /// <summary>Makes a field from its texts.</summary>
    internal static bool TryMakeField(string name, string type, bool isKey, out Field? field, out string? problem)
    {
        field = null;
        if (name.Length == 0)
        {
            problem = "A field has no name.";
            return false;
        }

        if (FieldTypeNames.Parse(type) is not { } known)
        {
            problem = $"Field '{name}' has the unknown type '{type.Trim()}'; known are {string.Join(", ", FieldTypeNames.All)}.";
            return false;
        }

        field = new Field(name, known, isKey);
        problem = null;
        return true;
    }

    /// <summary>Makes a schema of fields whose names may repeat.</summary>
    internal static bool TryMake(IReadOnlyList<Field> fields, out Schema? schema, out string? problem)
    {
        schema = null;
        problem = null;
        if (fields.Count is 0 or > MaxFields)
        {
            problem = fields.Count == 0 ? "There is no field." : $"There are {fields.Count} fields, {MaxFields} are allowed.";
            return false;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        if (fields.FirstOrDefault(f => !names.Add(f.Name)) is { } twice)
        {
            problem = $"Field '{twice.Name}' occurs twice.";
            return false;
        }

        schema = new Schema(fields);
        return true;
    }
}
