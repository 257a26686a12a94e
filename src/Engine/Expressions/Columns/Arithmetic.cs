using System.Numerics;

namespace Lockstep.Engine.Expressions.Columns;

/// <summary>An operator between numbers that always has a result.</summary>
internal interface IArithmetic<T>
    where T : struct
{
    /// <summary>The result of several rows.</summary>
    static abstract Vector<T> Of(Vector<T> left, Vector<T> right);

    /// <summary>The same of one row.</summary>
    static abstract T Of(T left, T right);
}

/// <summary>left + right; whole numbers wrap around.</summary>
internal readonly struct Sum<T> : IArithmetic<T>
    where T : struct, INumber<T>
{
    /// <inheritdoc/>
    public static Vector<T> Of(Vector<T> left, Vector<T> right) => left + right;

    /// <inheritdoc/>
    public static T Of(T left, T right) => left + right;
}

/// <summary>left - right; whole numbers wrap around.</summary>
internal readonly struct Difference<T> : IArithmetic<T>
    where T : struct, INumber<T>
{
    /// <inheritdoc/>
    public static Vector<T> Of(Vector<T> left, Vector<T> right) => left - right;

    /// <inheritdoc/>
    public static T Of(T left, T right) => left - right;
}

/// <summary>left * right; whole numbers wrap around.</summary>
internal readonly struct Product<T> : IArithmetic<T>
    where T : struct, INumber<T>
{
    /// <inheritdoc/>
    public static Vector<T> Of(Vector<T> left, Vector<T> right) => left * right;

    /// <inheritdoc/>
    public static T Of(T left, T right) => left * right;
}

/// <summary>left / right, real.</summary>
internal readonly struct Quotient : IArithmetic<double>
{
    /// <inheritdoc/>
    public static Vector<double> Of(Vector<double> left, Vector<double> right) => left / right;

    /// <inheritdoc/>
    public static double Of(double left, double right) => left / right;
}

/// <summary>An operator between two columns.</summary>
internal sealed class BinaryColumn<T, TOperator>(ColumnNode<T> left, ColumnNode<T> right, int register) : ColumnNode<T>
    where T : struct
    where TOperator : IArithmetic<T>
{
    /// <inheritdoc/>
    public override ReadOnlySpan<T> Values(RowChunk chunk)
    {
        var lefts = left.Values(chunk);
        var rights = right.Values(chunk)[..lefts.Length];
        var results = chunk.Register<T>(register)[..lefts.Length];
        var row = 0;
        for (; row <= lefts.Length - Vector<T>.Count; row += Vector<T>.Count)
        {
            TOperator.Of(new Vector<T>(lefts[row..]), new Vector<T>(rights[row..])).CopyTo(results[row..]);
        }

        for (; row < lefts.Length; row++)
        {
            results[row] = TOperator.Of(lefts[row], rights[row]);
        }

        return results;
    }
}

/// <summary>The number with the other sign.</summary>
internal sealed class NegatedColumn<T>(ColumnNode<T> operand, int register) : ColumnNode<T>
    where T : struct, INumber<T>
{
    /// <inheritdoc/>
    public override ReadOnlySpan<T> Values(RowChunk chunk)
    {
        var values = operand.Values(chunk);
        var results = chunk.Register<T>(register);
        for (var row = 0; row < values.Length; row++)
        {
            results[row] = -values[row];
        }

        return results;
    }
}

/// <summary>Divisors; rows where it is 0 are doubtful.</summary>
internal sealed class DivisorColumn<T>(ColumnNode<T> operand) : ColumnNode<T>
    where T : struct, INumber<T>
{
    /// <inheritdoc/>
    public override ReadOnlySpan<T> Values(RowChunk chunk)
    {
        var values = operand.Values(chunk);
        for (var row = values.IndexOf(T.Zero); row >= 0 && row < values.Length; row++)
        {
            if (values[row] == T.Zero)
            {
                chunk.Doubt(row);
            }
        }

        return values;
    }
}

/// <summary>The remainder of whole numbers; the divisor is a <see cref="DivisorColumn{T}"/>.</summary>
internal sealed class WholeRemainderColumn(ColumnNode<long> left, ColumnNode<long> right, int register) : ColumnNode<long>
{
    /// <inheritdoc/>
    public override ReadOnlySpan<long> Values(RowChunk chunk)
    {
        var lefts = left.Values(chunk);
        var rights = right.Values(chunk);
        var results = chunk.Register<long>(register);
        for (var row = 0; row < results.Length; row++)
        {
            // By 0 the row is doubtful, by -1 the processor would fail for the lowest number.
            results[row] = rights[row] is 0 or -1 ? 0 : lefts[row] % rights[row];
        }

        return results;
    }
}

/// <summary>Whole numbers as real ones.</summary>
internal sealed class RealOfWholeColumn(ColumnNode<long> operand, int register) : ColumnNode<double>
{
    /// <inheritdoc/>
    public override ReadOnlySpan<double> Values(RowChunk chunk)
    {
        var values = operand.Values(chunk);
        var results = chunk.Register<double>(register);
        for (var row = 0; row < values.Length; row++)
        {
            results[row] = values[row];
        }

        return results;
    }
}

/// <summary>Real numbers cut off to whole ones; rows beyond 64 bits are doubtful.</summary>
internal sealed class WholeOfRealColumn(ColumnNode<double> operand, int register) : ColumnNode<long>
{
    /// <inheritdoc/>
    public override ReadOnlySpan<long> Values(RowChunk chunk)
    {
        var values = operand.Values(chunk);
        var results = chunk.Register<long>(register);
        for (var row = 0; row < values.Length; row++)
        {
            // The result may lie in the operand's memory.
            var value = values[row];
            results[row] = (long)value;
            if (!(Math.Abs(value) < 9.2233720368547758E18))
            {
                chunk.Doubt(row);
            }
        }

        return results;
    }
}

/// <summary>Whole numbers for a field of 32 bits; rows beyond are doubtful.</summary>
internal sealed class Int32Column(ColumnNode<long> operand) : ColumnNode<long>
{
    /// <inheritdoc/>
    public override ReadOnlySpan<long> Values(RowChunk chunk)
    {
        var values = operand.Values(chunk);
        for (var row = 0; row < values.Length; row++)
        {
            if (values[row] != (int)values[row])
            {
                chunk.Doubt(row);
            }
        }

        return values;
    }
}
