using System.Globalization;
using System.Linq.Expressions;

namespace Lockstep.Engine.Expressions;

/// <summary>
/// The operators: a null operand gives null, except that <c>&amp;</c> takes it as empty text and that and, or follow
/// three-valued logic. Whole numbers wrap around at 64 bits; / is always real; dividing by zero gives null.
/// </summary>
internal static class Operators
{
    /// <summary>Compiles a binary operator; null when the types do not fit.</summary>
    public static Typed? Compile(string name, Typed left, Typed right, Expression frame)
    {
        if (!ExprTypes.IsValue(left.Type) || !ExprTypes.IsValue(right.Type))
        {
            return null;
        }

        return name switch
        {
            "and" => Logic(Expression.And, left, right),
            "or" => Logic(Expression.Or, left, right),
            "&" => new Typed(
                Expression.Call(typeof(TextFunctions), nameof(TextFunctions.Concat), null, frame, As(left, ExprType.Text), As(right,
                    ExprType.Text)),
                ExprType.Text),
            "+" => OfDates(name, left, right, Arithmetic(Expression.Add, left, right)),
            "-" => OfDates(name, left, right, Arithmetic(Expression.Subtract, left, right)),
            "*" => Arithmetic(Expression.Multiply, left, right),
            "/" => new Typed(Call(nameof(Divide), As(left, ExprType.Real), As(right, ExprType.Real)), ExprType.Real),
            "%" => Modulo(left, right),
            _ => Comparison(name, left, right),
        };
    }

    public static Typed? Negate(Typed operand)
    {
        if (!ExprTypes.IsValue(operand.Type))
        {
            return null;
        }

        var type = operand.Type == ExprType.Integer ? ExprType.Integer : ExprType.Real;
        return new Typed(Expression.Negate(As(operand, type)), type);
    }

    public static Typed? Not(Typed operand) => !ExprTypes.IsValue(operand.Type) ? null
        : new Typed(Expression.Not(As(operand, ExprType.Boolean)), ExprType.Boolean);

    public static double? Divide(double? left, double? right) => right == 0 ? null : left / right;

    public static long? Modulo(long? left, long? right) => right is 0 or null ? null : right == -1 ? left * 0 : left % right;

    public static double? Modulo(double? left, double? right) => right == 0 ? null : left % right;

    /// <summary>The sum; null when it is beyond 64 bits.</summary>
    public static long? NextOrNull(long? value, long? step)
    {
        var next = value + step;
        return next is null || step > 0 == next > value ? next : null;
    }

    /// <summary>
    /// Below, at or above 0 as the left text is before, equal to or after the right; null with a null.
    /// </summary>
    public static long? CompareText(string? left, string? right) =>
        left is null || right is null ? null : string.CompareOrdinal(left, right);

    /// <summary>Compares as numbers when the text looks like one, else as text.</summary>
    public static long? CompareMixed(double? left, string? right)
    {
        if (left is not { } number || right is null)
        {
            return null;
        }

        return Coercion.ToReal(right) is { } other
            ? number.CompareTo(other)
            : string.CompareOrdinal(number.ToString("R", CultureInfo.InvariantCulture), right);
    }

    private static Typed Logic(
        Func<Expression, Expression, BinaryExpression> combine, Typed left, Typed right) =>
        new(combine(As(left, ExprType.Boolean), As(right, ExprType.Boolean)), ExprType.Boolean);

    private static Typed Arithmetic(
        Func<Expression, Expression, BinaryExpression> combine, Typed left, Typed right)
    {
        var type = IsWhole(left) && IsWhole(right) ? ExprType.Integer : ExprType.Real;
        return new Typed(combine(As(left, type), As(right, type)), type);
    }

    // A date and a number give a date, two dates a number of days.
    private static Typed OfDates(string name, Typed left, Typed right, Typed result) =>
        (left.Type == ExprType.Date) != (right.Type == ExprType.Date) && (left.Type == ExprType.Date || name == "+")
            ? result with { Type = ExprType.Date }
            : result;

    private static Typed Modulo(Typed left, Typed right)
    {
        var type = IsWhole(left) && IsWhole(right) ? ExprType.Integer : ExprType.Real;
        return new Typed(Call(nameof(Modulo), As(left, type), As(right, type)), type);
    }

    private static Typed Comparison(string name, Typed left, Typed right)
    {
        var (leftText, rightText) = (left.Type == ExprType.Text, right.Type == ExprType.Text);
        if (leftText && rightText)
        {
            return Compare(name, Call(nameof(CompareText), left.Code, right.Code), Zero);
        }

        if (left.Type == ExprType.Date || right.Type == ExprType.Date)
        {
            return Compare(name, As(left, ExprType.Date), As(right, ExprType.Date));
        }

        if (rightText)
        {
            return Compare(name, Call(nameof(CompareMixed), As(left, ExprType.Real), right.Code), Zero);
        }

        if (leftText)
        {
            return Compare(name, Zero, Call(nameof(CompareMixed), As(right, ExprType.Real), left.Code));
        }

        var type = IsWhole(left) && IsWhole(right) ? ExprType.Integer : ExprType.Real;
        return Compare(name, As(left, type), As(right, type));
    }

    private static Expression Zero => Expression.Constant(0L, typeof(long?));

    private static Typed Compare(string name, Expression left, Expression right)
    {
        var kind = name switch
        {
            "==" => ExpressionType.Equal,
            "!=" => ExpressionType.NotEqual,
            "<" => ExpressionType.LessThan,
            "<=" => ExpressionType.LessThanOrEqual,
            ">" => ExpressionType.GreaterThan,
            _ => ExpressionType.GreaterThanOrEqual,
        };
        return new Typed(Expression.MakeBinary(kind, left, right, liftToNull: true, method: null), ExprType.Boolean);
    }

    private static bool IsWhole(Typed value) => value.Type is ExprType.Integer or ExprType.Boolean;

    private static Expression As(Typed value, ExprType type) => Coercion.Convert(value, type)!;

    private static MethodCallExpression Call(string name, Expression left, Expression right) =>
        Expression.Call(typeof(Operators).GetMethod(name, [left.Type, right.Type])!, left, right);
}
