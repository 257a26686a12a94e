using System.Linq.Expressions;
using System.Numerics;
using System.Reflection;

namespace Lockstep.Engine.Expressions.Columns;

/// <summary>
/// Finds the column form of compiled code: of arithmetic, comparisons and logic over numeric fields and constants. What else there
/// is (texts, dates, functions, variables) has none and runs row by row. It reads the code that the row's function is made
/// of, so that both mean the same.
/// </summary>
internal static class ColumnPlanner
{
    // Expressions nested deeper to the right have no column form: each register is memory.
    private const int RegistersMax = 16;

    private static readonly MethodInfo FrameReal = Method(typeof(Frame), nameof(Frame.Real), typeof(int));
    private static readonly MethodInfo FrameInteger = Method(typeof(Frame), nameof(Frame.Integer), typeof(int));
    private static readonly MethodInfo Divide = Method(typeof(Operators), nameof(Operators.Divide), typeof(double?), typeof(double?));
    private static readonly MethodInfo RealModulo = Method(typeof(Operators), nameof(Operators.Modulo), typeof(double?), typeof(double?));
    private static readonly MethodInfo WholeModulo = Method(typeof(Operators), nameof(Operators.Modulo), typeof(long?), typeof(long?));
    private static readonly MethodInfo ToInteger = Method(typeof(Coercion), nameof(Coercion.ToInteger), typeof(double?));
    private static readonly MethodInfo WholeToBoolean = Method(typeof(Coercion), nameof(Coercion.ToBoolean), typeof(long?));
    private static readonly MethodInfo RealToBoolean = Method(typeof(Coercion), nameof(Coercion.ToBoolean), typeof(double?));

    /// <summary>Real numbers of code of the type double?; null when there is no column form.</summary>
    /// <param name="code">The code of a row.</param>
    /// <param name="register">The first register it may use.</param>
    public static ColumnNode<double>? Reals(Expression code, int register) => code switch
    {
        ConstantExpression { Value: double value } => new ConstantColumn<double>(value, register),
        UnaryExpression { NodeType: ExpressionType.Convert, Operand: ConstantExpression { Value: long value } } =>
            new ConstantColumn<double>(value, register),
        UnaryExpression { NodeType: ExpressionType.Convert } convert when convert.Operand.Type == typeof(long?) =>
            Wholes(convert.Operand, register) is { } operand ? new RealOfWholeColumn(operand, register) : null,
        UnaryExpression { NodeType: ExpressionType.Negate } negate =>
            Reals(negate.Operand, register) is { } operand ? new NegatedColumn<double>(operand, register) : null,
        MethodCallExpression call when call.Method == FrameReal => new FieldColumn<double>(FieldOf(call)),
        MethodCallExpression call when call.Method == Divide =>
            Two(call.Arguments[0], call.Arguments[1], register, Reals) is var (left, right)
                ? new BinaryColumn<double, Quotient>(left, new DivisorColumn<double>(right), register) : null,
        MethodCallExpression call when call.Method == RealModulo =>
            Two(call.Arguments[0], call.Arguments[1], register, Reals) is var (left, right)
                ? new RemainderColumn(left, new DivisorColumn<double>(right), register) : null,
        BinaryExpression binary => Arithmetic(binary, register, Reals),
        _ => null,
    };

    /// <summary>Whole numbers of code of the type long?; null when there is no column form.</summary>
    /// <param name="code">The code of a row.</param>
    /// <param name="register">The first register it may use.</param>
    public static ColumnNode<long>? Wholes(Expression code, int register) => code switch
    {
        ConstantExpression { Value: long value } => new ConstantColumn<long>(value, register),
        UnaryExpression { NodeType: ExpressionType.Negate } negate =>
            Wholes(negate.Operand, register) is { } operand ? new NegatedColumn<long>(operand, register) : null,
        MethodCallExpression call when call.Method == FrameInteger => new FieldColumn<long>(FieldOf(call)),
        MethodCallExpression call when call.Method == ToInteger =>
            Reals(call.Arguments[0], register) is { } operand ? new WholeOfRealColumn(operand, register) : null,
        MethodCallExpression call when call.Method == WholeModulo =>
            Two(call.Arguments[0], call.Arguments[1], register, Wholes) is var (left, right)
                ? new WholeRemainderColumn(left, new DivisorColumn<long>(right), register) : null,
        BinaryExpression binary => Arithmetic(binary, register, Wholes),
        _ => null,
    };

    /// <summary>A condition of code of the type bool?; null when there is no column form.</summary>
    public static ConditionNode? Condition(Expression code) => code switch
    {
        MethodCallExpression call when call.Method == WholeToBoolean => NotZero(Wholes(call.Arguments[0], 0)),
        MethodCallExpression call when call.Method == RealToBoolean => NotZero(Reals(call.Arguments[0], 0)),
        UnaryExpression { NodeType: ExpressionType.Not } not when Condition(not.Operand) is { } operand => new InvertedCondition(operand),
        BinaryExpression { NodeType: ExpressionType.And or ExpressionType.Or } both =>
            Condition(both.Left) is { } left && Condition(both.Right) is { } right
                ? new JoinedConditions(left, right, both.NodeType == ExpressionType.And) : null,
        BinaryExpression compared when compared.Left.Type == typeof(double?) => Comparison(compared, Reals),
        BinaryExpression compared when compared.Left.Type == typeof(long?) => Comparison(compared, Wholes),
        _ => null,
    };

    private static InvertedCondition? NotZero<T>(ColumnNode<T>? operand)
        where T : struct, INumber<T> => operand is null
            ? null : new InvertedCondition(new ComparedColumns<T, IsEqual<T>>(operand, new ConstantColumn<T>(T.Zero, 1)));

    private static ColumnNode<T>? Arithmetic<T>(BinaryExpression code, int register, Func<Expression, int, ColumnNode<T>?> part)
        where T : struct, INumber<T>
    {
        if (code.NodeType is not (ExpressionType.Add or ExpressionType.Subtract or ExpressionType.Multiply)
            || Two(code.Left, code.Right, register, part) is not var (left, right))
        {
            return null;
        }

        return code.NodeType switch
        {
            ExpressionType.Add => new BinaryColumn<T, Sum<T>>(left, right, register),
            ExpressionType.Subtract => new BinaryColumn<T, Difference<T>>(left, right, register),
            _ => new BinaryColumn<T, Product<T>>(left, right, register),
        };
    }

    private static ConditionNode? Comparison<T>(BinaryExpression code, Func<Expression, int, ColumnNode<T>?> part)
        where T : struct, INumber<T>
    {
        if (Two(code.Left, code.Right, 0, part) is not var (left, right))
        {
            return null;
        }

        return code.NodeType switch
        {
            ExpressionType.Equal => new ComparedColumns<T, IsEqual<T>>(left, right),
            ExpressionType.NotEqual => new InvertedCondition(new ComparedColumns<T, IsEqual<T>>(left, right)),
            ExpressionType.LessThan => new ComparedColumns<T, IsLess<T>>(left, right),
            ExpressionType.LessThanOrEqual => new ComparedColumns<T, IsAtMost<T>>(left, right),
            ExpressionType.GreaterThan => new ComparedColumns<T, IsMore<T>>(left, right),
            ExpressionType.GreaterThanOrEqual => new ComparedColumns<T, IsAtLeast<T>>(left, right),
            _ => null,
        };
    }

    // The left part's result stays in its register while the right part uses those behind it.
    private static (ColumnNode<T> Left, ColumnNode<T> Right)? Two<T>(
        Expression left, Expression right, int register, Func<Expression, int, ColumnNode<T>?> part)
        where T : struct =>
        register + 1 < RegistersMax && part(left, register) is { } first && part(right, register + 1) is { } second
            ? (first, second) : null;

    private static int FieldOf(MethodCallExpression call) => (int)((ConstantExpression)call.Arguments[0]).Value!;

    private static MethodInfo Method(Type type, string name, params Type[] parameters) => type.GetMethod(name, parameters)!;
}
