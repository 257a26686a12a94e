using Lockstep.Contracts.Events;

namespace Lockstep.Engine.Expressions;

/// <summary>The types of the general expression language.</summary>
internal enum ExprType
{
    /// <summary>64-bit whole number; long? when compiled.</summary>
    Integer,

    /// <summary>Real number; double? when compiled.</summary>
    Real,

    /// <summary>A date and time: days since 1970-01-01; double? when compiled.</summary>
    Date,

    /// <summary>Text.</summary>
    Text,

    /// <summary>Truth value; bool? when compiled.</summary>
    Boolean,

    /// <summary>The type of null.</summary>
    Null,

    /// <summary>A regular expression object.</summary>
    Regex,

    /// <summary>An array of whole numbers.</summary>
    IntegerArray,

    /// <summary>An array of real numbers.</summary>
    RealArray,

    /// <summary>An array of dates.</summary>
    DateArray,

    /// <summary>An array of texts.</summary>
    TextArray,

    /// <summary>An array of truth values.</summary>
    BooleanArray,
}

/// <summary>Facts about types.</summary>
internal static class ExprTypes
{
    /// <summary>The CLR type that holds values; null is always possible.</summary>
    public static Type ClrTypeOf(ExprType type) => type switch
    {
        ExprType.Integer => typeof(long?),
        ExprType.Real or ExprType.Date => typeof(double?),
        ExprType.Boolean => typeof(bool?),
        ExprType.Regex => typeof(RegexValue),
        ExprType.IntegerArray => typeof(ArrayValue<long?>),
        ExprType.RealArray or ExprType.DateArray => typeof(ArrayValue<double?>),
        ExprType.BooleanArray => typeof(ArrayValue<bool?>),
        ExprType.TextArray => typeof(ArrayValue<string?>),
        _ => typeof(string),
    };

    /// <summary>The language's type of a CLR type.</summary>
    public static ExprType Of(Type type) =>
        type == typeof(long?) ? ExprType.Integer
        : type == typeof(double?) ? ExprType.Real
        : type == typeof(bool?) ? ExprType.Boolean
        : type == typeof(ArrayValue<string?>) ? ExprType.TextArray
        : ExprType.Text;

    /// <summary>The type of a declaration or udf; null when it is not supported.</summary>
    public static ExprType? OfName(string name) => name.Trim().ToUpperInvariant() switch
    {
        "INTEGER" or "INT" or "INT32" or "INT64" => ExprType.Integer,
        "REAL" or "DOUBLE" or "MONEY" => ExprType.Real,
        "DATE" or "STAMP" => ExprType.Date,
        "STRING" or "RSTRING" or "RUTFSTR" => ExprType.Text,
        "BOOLEAN" or "BOOL" => ExprType.Boolean,
        "REGEX" => ExprType.Regex,
        _ => null,
    };

    /// <summary>The name that typeof gives.</summary>
    public static string NameOf(ExprType type) => type == ExprType.Text ? "string" : type.ToString().ToLowerInvariant();

    /// <summary>The array type of an item type; null when there is none.</summary>
    public static ExprType? ArrayOf(ExprType item) => item switch
    {
        ExprType.Integer => ExprType.IntegerArray,
        ExprType.Real => ExprType.RealArray,
        ExprType.Date => ExprType.DateArray,
        ExprType.Text => ExprType.TextArray,
        ExprType.Boolean => ExprType.BooleanArray,
        _ => null,
    };

    /// <summary>The item type of an array type; null for other types.</summary>
    public static ExprType? ItemOf(ExprType array) => array switch
    {
        ExprType.IntegerArray => ExprType.Integer,
        ExprType.RealArray => ExprType.Real,
        ExprType.DateArray => ExprType.Date,
        ExprType.TextArray => ExprType.Text,
        ExprType.BooleanArray => ExprType.Boolean,
        _ => null,
    };

    /// <summary>True for a value that operators take, false for objects: regular expressions and arrays.</summary>
    public static bool IsValue(ExprType type) => type <= ExprType.Null;

    /// <summary>The type a field's value has in expressions; null when it cannot be used in one.</summary>
    public static ExprType? OfField(FieldType type) => type switch
    {
        FieldType.Int32 or FieldType.Int64 => ExprType.Integer,
        FieldType.Double or FieldType.Money => ExprType.Real,
        FieldType.Date or FieldType.Stamp => ExprType.Date,
        FieldType.String => ExprType.Text,
        _ => null,
    };

    /// <summary>The type of a variable.</summary>
    /// <exception cref="ExpressionException">There are no variables of it.</exception>
    public static ExprType OfDeclaration(DeclareNode node)
    {
        var item = OfName(node.TypeName);
        if ((node.IsArray && item is { } of ? ArrayOf(of) : item) is not { } type)
        {
            throw new ExpressionException("LS2105", node.Position, node.IsArray
                ? $"Arrays of type '{node.TypeName}' are not supported."
                : $"Variables of type '{node.TypeName}' are not supported{WhyNot(node.TypeName)}.");
        }

        return type;
    }

    private static string WhyNot(string type) => type.ToUpperInvariant() switch
    {
        "DQ" => ": DataQuality is proprietary",
        "FILE" or "DBCONNECTION" or "DBCURSOR" or "DBSTATEMENT" => ": expressions have no access to files and databases",
        _ => "",
    };
}
