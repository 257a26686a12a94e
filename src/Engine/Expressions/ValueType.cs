using Lockstep.Contracts.Events;

namespace Lockstep.Engine.Expressions;

/// <summary>The types of the general expression language.</summary>
internal enum ValueType
{
    /// <summary>64-bit whole number; long? when compiled.</summary>
    Integer,

    /// <summary>Real number, and dates as days since 1970-01-01; double? when compiled.</summary>
    Real,

    /// <summary>Text.</summary>
    Text,

    /// <summary>Truth value; bool? when compiled.</summary>
    Boolean,

    /// <summary>A regular expression object.</summary>
    Regex,

    /// <summary>The type of null.</summary>
    Null,
}

/// <summary>Facts about types.</summary>
internal static class ValueTypes
{
    /// <summary>The CLR type that holds values; null is always possible.</summary>
    public static Type ClrTypeOf(ValueType type) => type switch
    {
        ValueType.Integer => typeof(long?),
        ValueType.Real => typeof(double?),
        ValueType.Boolean => typeof(bool?),
        ValueType.Regex => typeof(RegexValue),
        _ => typeof(string),
    };

    /// <summary>The language's type of a CLR type.</summary>
    public static ValueType Of(Type type) =>
        type == typeof(long?) ? ValueType.Integer
        : type == typeof(double?) ? ValueType.Real
        : type == typeof(bool?) ? ValueType.Boolean
        : ValueType.Text;

    /// <summary>The type of a declaration or udf; null when it is not supported.</summary>
    public static ValueType? OfName(string name) => name.Trim().ToUpperInvariant() switch
    {
        "INTEGER" or "INT" or "INT32" or "INT64" => ValueType.Integer,
        "REAL" or "DOUBLE" or "DATE" or "STAMP" or "MONEY" => ValueType.Real,
        "STRING" or "RSTRING" or "RUTFSTR" => ValueType.Text,
        "BOOLEAN" or "BOOL" => ValueType.Boolean,
        "REGEX" => ValueType.Regex,
        _ => null,
    };

    /// <summary>The type a field's value has in expressions; null when it cannot be used in one.</summary>
    public static ValueType? OfField(FieldType type) => type switch
    {
        FieldType.Int32 or FieldType.Int64 => ValueType.Integer,
        FieldType.Double or FieldType.Money or FieldType.Date or FieldType.Stamp => ValueType.Real,
        FieldType.String => ValueType.Text,
        _ => null,
    };
}
