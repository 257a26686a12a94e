using Lockstep.Contracts.Events;

namespace Lockstep.Engine.Expressions;

/// <summary>The types of the general expression language.</summary>
internal enum ExprType
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
internal static class ExprTypes
{
    /// <summary>The CLR type that holds values; null is always possible.</summary>
    public static Type ClrTypeOf(ExprType type) => type switch
    {
        ExprType.Integer => typeof(long?),
        ExprType.Real => typeof(double?),
        ExprType.Boolean => typeof(bool?),
        ExprType.Regex => typeof(RegexValue),
        _ => typeof(string),
    };

    /// <summary>The language's type of a CLR type.</summary>
    public static ExprType Of(Type type) =>
        type == typeof(long?) ? ExprType.Integer
        : type == typeof(double?) ? ExprType.Real
        : type == typeof(bool?) ? ExprType.Boolean
        : ExprType.Text;

    /// <summary>The type of a declaration or udf; null when it is not supported.</summary>
    public static ExprType? OfName(string name) => name.Trim().ToUpperInvariant() switch
    {
        "INTEGER" or "INT" or "INT32" or "INT64" => ExprType.Integer,
        "REAL" or "DOUBLE" or "DATE" or "STAMP" or "MONEY" => ExprType.Real,
        "STRING" or "RSTRING" or "RUTFSTR" => ExprType.Text,
        "BOOLEAN" or "BOOL" => ExprType.Boolean,
        "REGEX" => ExprType.Regex,
        _ => null,
    };

    /// <summary>The type a field's value has in expressions; null when it cannot be used in one.</summary>
    public static ExprType? OfField(FieldType type) => type switch
    {
        FieldType.Int32 or FieldType.Int64 => ExprType.Integer,
        FieldType.Double or FieldType.Money or FieldType.Date or FieldType.Stamp => ExprType.Real,
        FieldType.String => ExprType.Text,
        _ => null,
    };
}
