using System.Globalization;
using System.Linq.Expressions;

namespace Lockstep.Engine.Expressions;

/// <summary>Conversions between the types of the language; what does not convert gives null.</summary>
internal static class Coercion
{
    /// <summary>Converts a compiled value; null for types that do not convert, which the caller reports.</summary>
    public static Expression? Convert(Typed value, ExprType target)
    {
        if (value.Type == target)
        {
            return value.Code;
        }

        return (value.Type, target) switch
        {
            (ExprType.Null, _) when ExprTypes.IsValue(target) => Expression.Constant(null, ExprTypes.ClrTypeOf(target)),
            _ when !ExprTypes.IsValue(value.Type) || !ExprTypes.IsValue(target) => null,
            (ExprType.Integer, ExprType.Real or ExprType.Date) => Expression.Convert(value.Code, typeof(double?)),
            (ExprType.Real, ExprType.Date) or (ExprType.Date, ExprType.Real) => value.Code,
            (ExprType.Text, ExprType.Date) => Expression.Call(typeof(DateFunctions), nameof(DateFunctions.ToDate), null, value.Code),
            (ExprType.Date, ExprType.Text) => Call(nameof(ToDateText), value.Code),
            (_, ExprType.Integer) => Call(nameof(ToInteger), value.Code),
            (_, ExprType.Real or ExprType.Date) => Call(nameof(ToReal), value.Code),
            (_, ExprType.Text) => Call(nameof(ToText), value.Code),
            (_, ExprType.Boolean) => Call(nameof(ToBoolean), value.Code),
            _ => null,
        };
    }

    /// <summary>Truncates; null beyond 64 bits.</summary>
    public static long? ToInteger(double? value) =>
        value is >= -9.2233720368547758E18 and < 9.2233720368547758E18 ? (long)value : null;

    public static long? ToInteger(bool? value) => value is { } v ? v ? 1 : 0 : null;

    public static long? ToInteger(string? value) =>
        long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var whole) ? whole : ToInteger(ToReal(value));

    public static double? ToReal(bool? value) => value is { } v ? v ? 1 : 0 : null;

    public static double? ToReal(string? value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) ? real : null;

    public static string? ToText(long? value) => value?.ToString(CultureInfo.InvariantCulture);

    public static string? ToText(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);

    public static string? ToText(bool? value) => value is { } v ? v ? "1" : "0" : null;

    /// <summary>A date as text.</summary>
    public static string? ToDateText(double? value) => DateFunctions.FormatDate(value, DateFunctions.DefaultFormat);

    public static bool? ToBoolean(long? value) => value is { } v ? v != 0 : null;

    public static bool? ToBoolean(double? value) => value is { } v ? v != 0 : null;

    /// <summary>"true", or a number other than 0.</summary>
    public static bool? ToBoolean(string? value) => value is null ? null
        : value.Trim().Equals("true", StringComparison.OrdinalIgnoreCase) || ToReal(value) is { } number && number != 0;

    private static MethodCallExpression Call(string name, Expression value) =>
        Expression.Call(typeof(Coercion).GetMethod(name, [value.Type])!, value);
}
