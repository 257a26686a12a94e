using System.Collections.Frozen;

namespace Lockstep.Contracts.Events;

/// <summary>The names of field types in models (language.md 2.2).</summary>
public static class FieldTypeNames
{
    private static readonly FrozenDictionary<string, FieldType> Types = new Dictionary<string, FieldType>
    {
        ["int32"] = FieldType.Int32,
        ["int64"] = FieldType.Int64,
        ["double"] = FieldType.Double,
        ["string"] = FieldType.String,
        ["rstring"] = FieldType.String,
        ["rutfstr"] = FieldType.String,
        ["date"] = FieldType.Date,
        ["stamp"] = FieldType.Stamp,
        ["money"] = FieldType.Money,
        ["blob"] = FieldType.Blob,
        ["array(i32)"] = FieldType.ArrayInt32,
        ["array(i64)"] = FieldType.ArrayInt64,
        ["array(dbl)"] = FieldType.ArrayDouble,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The type of a name, blanks around it and case ignored; null for an unknown one.</summary>
    public static FieldType? Parse(string name) => Types.TryGetValue(name.Trim(), out var type) ? type : null;

    /// <summary>The name of a type as models write it.</summary>
    public static string NameOf(FieldType type) => type switch
    {
        FieldType.Int32 => "int32",
        FieldType.Int64 => "int64",
        FieldType.Double => "double",
        FieldType.String => "string",
        FieldType.Date => "date",
        FieldType.Stamp => "stamp",
        FieldType.Money => "money",
        FieldType.Blob => "blob",
        FieldType.ArrayInt32 => "array(i32)",
        FieldType.ArrayInt64 => "array(i64)",
        FieldType.ArrayDouble => "array(dbl)",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a field type."),
    };

    /// <summary>All names a model may use, for messages that say what is supported.</summary>
    public static IEnumerable<string> All => Types.Keys.Order(StringComparer.Ordinal);
}
