using System.Collections.Immutable;

namespace Lockstep.Engine.Expressions;

/// <summary>The functions of numbers: each public method is one; null of a null, and where no number is the answer.</summary>
internal static class NumberFunctions
{
    /// <summary>The functions of this group.</summary>
    public static ImmutableArray<ExpressionFunction> All { get; } =
    [
        ExpressionFunction.Special(CallForms.Abs, "abs", "number", "The size; whole for a whole number.", "abs(-3)", "3"),
        Of("ceil", "number", "The next whole number that is not below.", "ceil(1.2)", "2"),
        Of("floor", "number", "The next whole number that is not above.", "floor(-1.2)", "-2"),
        Of("round", "number[, decimals]",
            "The nearest number with so many decimals, halves away from zero; fewer than 0 round before the point.",
            "round(9.8765, 1)", "9.9"),
        ExpressionFunction.Special(CallForms.Extreme, "max", "number, ...", "The largest; null when one is null; whole when all are.",
            "max(2, 7, 5)", "7"),
        ExpressionFunction.Special(CallForms.Extreme, "min", "number, ...", "The smallest; null when one is null; whole when all are.",
            "min(2.5, 7)", "2.5"),
        Of("pow", "number, exponent", "The power; null when it is no finite number.", "pow(2, 10)", "1024"),
        Of("sqrt", "number", "The square root; null of a number below 0.", "sqrt(9)", "3"),
        Of("exp", "number", "The power of e.", "round(exp(1), 4)", "2.7183"),
        Of("log", "number", "The natural logarithm; null of a number not above 0.", "log(1)", "0"),
        Of("log10", "number", "The logarithm to base 10; null of a number not above 0.", "log10(1000)", "3"),
    ];

    public static long? Abs(long? value) => value is { } v ? v == long.MinValue ? v : Math.Abs(v) : null;

    public static double? Abs(double? value) => value is { } v ? Math.Abs(v) : null;

    public static long? Max(long? left, long? right) => left is { } l && right is { } r ? Math.Max(l, r) : null;

    public static double? Max(double? left, double? right) => left is { } l && right is { } r ? Math.Max(l, r) : null;

    public static long? Min(long? left, long? right) => left is { } l && right is { } r ? Math.Min(l, r) : null;

    public static double? Min(double? left, double? right) => left is { } l && right is { } r ? Math.Min(l, r) : null;

    public static double? Floor(double? number) => number is { } v ? Math.Floor(v) : null;

    public static double? Ceil(double? number) => number is { } v ? Math.Ceiling(v) : null;

    public static double? Round(double? number) => Round(number, 0);

    public static double? Round(double? number, long? decimals)
    {
        if (number is not { } value || decimals is not { } digits || digits is < -308 or > 15)
        {
            return null;
        }

        if (digits >= 0)
        {
            return Math.Round(value, (int)digits, MidpointRounding.AwayFromZero);
        }

        var unit = Math.Pow(10, -digits);
        return Finite(Math.Round(value / unit, MidpointRounding.AwayFromZero) * unit);
    }

    public static double? Pow(double? number, double? exponent) => number is { } v && exponent is { } e ? Finite(Math.Pow(v, e)) : null;

    public static double? Sqrt(double? number) => number >= 0 ? Math.Sqrt(number.Value) : null;

    public static double? Exp(double? number) => number is { } v ? Finite(Math.Exp(v)) : null;

    public static double? Log(double? number) => number > 0 ? Finite(Math.Log(number.Value)) : null;

    public static double? Log10(double? number) => number > 0 ? Finite(Math.Log10(number.Value)) : null;

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static ExpressionFunction Of(string name, string parameters, string meaning, string example, string? result) =>
        ExpressionFunction.Of(typeof(NumberFunctions), name, parameters, meaning, example, result);
}
