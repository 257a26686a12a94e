using System.Globalization;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Functions;

/// <summary>Arithmetic. Whole numbers stay whole until one operand is not; null operands are left out of sums and products.</summary>
internal static class NumberFunctions
{
    private const int DigitsMax = 15;

    // Before the table, which uses them. Made once: a method's name as an argument would make an object a call.
    private static readonly Func<long, long, long> AddWhole = static (x, y) => x + y;
    private static readonly Func<double, double, double> AddReal = static (x, y) => x + y;
    private static readonly Func<long, long, long> MultiplyWhole = static (x, y) => x * y;
    private static readonly Func<double, double, double> MultiplyReal = static (x, y) => x * y;
    private static readonly Func<long, long, long> MaxWhole = Math.Max;
    private static readonly Func<double, double, double> MaxReal = Math.Max;
    private static readonly Func<long, long, long> MinWhole = Math.Min;
    private static readonly Func<double, double, double> MinReal = Math.Min;

    /// <summary>The functions.</summary>
    public static FunctionGroup Group { get; } = new("Numbers",
    [
        new("sum", "number...", "the sum; nulls are left out", "sum(1,$a,2.5)", "3.5", static (a, f) => Fold(a, 0, f, AddWhole, AddReal)),
        new("diff", "number, less...?", "the first less all others; nulls among the others are left out", "diff(10,2,3)", "5",
            Difference),
        new("product", "number...", "the product; nulls are left out", "product(2,3,4)", "24",
            static (a, f) => Fold(a, 0, f, MultiplyWhole, MultiplyReal)),
        new("quotient", "number, by", "the real quotient; null when divided by 0", "quotient(7,2)", "3.5",
            static (a, f) => Variant.Of(Operators.Divide(a[0].Evaluate(f).ToReal(), a[1].Evaluate(f).ToReal()))),
        new("mod", "number, by", "the remainder", "mod(7,3)", "1",
            static (a, f) => Variant.Of(Operators.Modulo(a[0].Evaluate(f).ToReal(), a[1].Evaluate(f).ToReal()))),
        new("max", "number...", "the greatest; nulls are left out", "max(3,9,4)", "9",
            static (a, f) => Fold(a, 0, f, MaxWhole, MaxReal)),
        new("min", "number...", "the least; nulls are left out", "min(3,9,4)", "3", static (a, f) => Fold(a, 0, f, MinWhole, MinReal)),
        new("mean", "number...", "the mean of those that are not null", "mean(1,2,$a,6)", "3", Mean),
        Number("abs", "the size without sign", "abs(-4)", "4", Math.Abs),
        Number("ceiling", "the next whole number above", "ceiling(1.2)", "2", Math.Ceiling),
        Number("floor", "the next whole number below", "floor(-1.2)", "-2", Math.Floor),
        new("round", "number, digits?", "rounded to so many decimals, 0 without; halves go away from zero", "round(2.345,2)", "2.35",
            Round),
        new("precision", "number, digits", "text with so many decimals", "precision(2,3)", "2.000", static (a, f) =>
            a[0].Evaluate(f).ToReal() is { } number && Digits(a[1].Evaluate(f)) is { } digits
                ? Variant.Of(number.ToString(digits, CultureInfo.InvariantCulture)) : Variant.Null),
        Number("negate", "with the other sign", "negate(3)", "-3", static v => -v),
        Number("increment", "one more", "increment(3)", "4", static v => v + 1),
        Number("decrement", "one less", "decrement(3)", "2", static v => v - 1),
        new("sqrt", "number", "the square root; null below 0", "sqrt(9)", "3",
            static (a, f) => Variant.Of(Expressions.NumberFunctions.Sqrt(a[0].Evaluate(f).ToReal()))),
        new("power", "number, exponent", "the power", "power(2,10)", "1024",
            static (a, f) => Variant.Of(Expressions.NumberFunctions.Pow(a[0].Evaluate(f).ToReal(), a[1].Evaluate(f).ToReal()))),
        new("integer", "value", "the whole number, truncated; null for text that is none", "integer('3.9')", "3",
            static (a, f) => Variant.Of(a[0].Evaluate(f).ToWhole())),
        new("long", "value", "the same as integer", "long(-3.9)", "-3", static (a, f) => Variant.Of(a[0].Evaluate(f).ToWhole())),
        new("number", "value", "the real number; null for text that is none", "number('1.50')", "1.5",
            static (a, f) => Variant.Of(a[0].Evaluate(f).ToReal())),
        new("double", "value", "the same as number", "double('x')", null, static (a, f) => Variant.Of(a[0].Evaluate(f).ToReal())),
        new("numericHash", "text", "a whole number of at least 0 that stands for the text; the same on every machine",
            "equals(numericHash('x'),numericHash('x'))", "1",
            static (a, f) => Variant.Of(a[0].Evaluate(f).ToText() is { } text ? (long)(StateHash.Of(text) >> 1) : (long?)null)),
    ]);

    private static FunctionEntry Number(
        string name, string meaning, string example, string result, Func<double, double> function) =>
        new(name, "number", meaning, example, result, (a, f) =>
        {
            var value = a[0].Evaluate(f);
            return value.ToReal() is not { } real ? Variant.Null
                : value.IsWhole && Coercion.ToInteger(function(real)) is { } whole ? Variant.Of(whole)
                : Variant.Of(function(real));
        });

    // Nulls are skipped; whole numbers stay whole until one operand is not.
    private static Variant Fold(
        FunctionNode[] arguments, int first, FunctionFrame frame, Func<long, long, long> whole, Func<double, double, double> real)
    {
        var result = Variant.Null;
        for (var i = first; i < arguments.Length; i++)
        {
            var value = arguments[i].Evaluate(frame);
            if (value.ToReal() is not { } number)
            {
                continue;
            }

            result = result.IsNull ? (value.IsWhole ? value : Variant.Of(number))
                : result.IsWhole && value.IsWhole ? Variant.Of(whole(result.ToWhole()!.Value, value.ToWhole()!.Value))
                : Variant.Of(real(result.ToReal()!.Value, number));
        }

        return result;
    }

    private static Variant Difference(FunctionNode[] arguments, FunctionFrame frame)
    {
        var first = arguments[0].Evaluate(frame);
        var rest = Fold(arguments, 1, frame, AddWhole, AddReal);
        return rest.IsNull || first.IsNull ? first
            : first.IsWhole && rest.IsWhole ? Variant.Of(first.ToWhole() - rest.ToWhole())
            : Variant.Of(first.ToReal() - rest.ToReal());
    }

    private static Variant Mean(FunctionNode[] arguments, FunctionFrame frame)
    {
        var (sum, count) = (0.0, 0);
        foreach (var argument in arguments)
        {
            if (argument.Evaluate(frame).ToReal() is { } number)
            {
                sum += number;
                count++;
            }
        }

        return count == 0 ? Variant.Null : Variant.Of(sum / count);
    }

    // By decimal digits, so that 2.345 gives 2.35 although no binary number is 2.345.
    private static Variant Round(FunctionNode[] arguments, FunctionFrame frame)
    {
        var value = arguments[0].Evaluate(frame);
        if (value.IsWhole || value.ToReal() is not { } real)
        {
            return value.IsWhole ? value : Variant.Null;
        }

        var digits = arguments.Length > 1 ? (int)Math.Clamp(arguments[1].Evaluate(frame).ToWhole() ?? 0, 0, DigitsMax) : 0;
        return Math.Abs(real) < 1e15
            ? Variant.Of((double)Math.Round((decimal)real, digits, MidpointRounding.AwayFromZero))
            : value;
    }

    private static string? Digits(Variant digits) =>
        digits.ToWhole() is >= 0 and <= DigitsMax and var count ? string.Create(CultureInfo.InvariantCulture, $"F{count}") : null;
}
