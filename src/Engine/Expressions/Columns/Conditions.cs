using System.Numerics;
using System.Runtime.Intrinsics;

namespace Lockstep.Engine.Expressions.Columns;

/// <summary>A comparison of numbers; with what is no number it is false.</summary>
internal interface IComparison<T>
    where T : struct
{
    /// <summary>Compares several rows: all bits set for true.</summary>
    static abstract Vector256<T> Of(Vector256<T> left, Vector256<T> right);

    /// <summary>Compares one row.</summary>
    static abstract bool Of(T left, T right);
}

/// <summary>left == right.</summary>
internal readonly struct IsEqual<T> : IComparison<T>
    where T : struct, INumber<T>
{
    /// <inheritdoc/>
    public static Vector256<T> Of(Vector256<T> left, Vector256<T> right) => Vector256.Equals(left, right);

    /// <inheritdoc/>
    public static bool Of(T left, T right) => left == right;
}

/// <summary>left &lt; right.</summary>
internal readonly struct IsLess<T> : IComparison<T>
    where T : struct, INumber<T>
{
    /// <inheritdoc/>
    public static Vector256<T> Of(Vector256<T> left, Vector256<T> right) => Vector256.LessThan(left, right);

    /// <inheritdoc/>
    public static bool Of(T left, T right) => left < right;
}

/// <summary>left &lt;= right.</summary>
internal readonly struct IsAtMost<T> : IComparison<T>
    where T : struct, INumber<T>
{
    /// <inheritdoc/>
    public static Vector256<T> Of(Vector256<T> left, Vector256<T> right) => Vector256.LessThanOrEqual(left, right);

    /// <inheritdoc/>
    public static bool Of(T left, T right) => left <= right;
}

/// <summary>left &gt; right.</summary>
internal readonly struct IsMore<T> : IComparison<T>
    where T : struct, INumber<T>
{
    /// <inheritdoc/>
    public static Vector256<T> Of(Vector256<T> left, Vector256<T> right) => Vector256.GreaterThan(left, right);

    /// <inheritdoc/>
    public static bool Of(T left, T right) => left > right;
}

/// <summary>left &gt;= right.</summary>
internal readonly struct IsAtLeast<T> : IComparison<T>
    where T : struct, INumber<T>
{
    /// <inheritdoc/>
    public static Vector256<T> Of(Vector256<T> left, Vector256<T> right) => Vector256.GreaterThanOrEqual(left, right);

    /// <inheritdoc/>
    public static bool Of(T left, T right) => left >= right;
}

/// <summary>A comparison of two columns.</summary>
internal sealed class ComparedColumns<T, TComparison>(ColumnNode<T> left, ColumnNode<T> right) : ConditionNode
    where T : struct
    where TComparison : IComparison<T>
{
    /// <inheritdoc/>
    protected override void Fill(RowChunk chunk, Span<ulong> bits)
    {
        var lefts = left.Values(chunk);
        var rights = right.Values(chunk);
        for (var start = 0; start < lefts.Length; start += RowChunk.WordBits)
        {
            var count = Math.Min(RowChunk.WordBits, lefts.Length - start);
            bits[start / RowChunk.WordBits] = WordOf(lefts.Slice(start, count), rights.Slice(start, count));
        }
    }

    private static ulong WordOf(ReadOnlySpan<T> lefts, ReadOnlySpan<T> rights)
    {
        var word = 0UL;
        var row = 0;
        for (; row <= lefts.Length - Vector256<T>.Count; row += Vector256<T>.Count)
        {
            var isTrue = TComparison.Of(Vector256.Create(lefts[row..]), Vector256.Create(rights[row..]));
            word |= (ulong)isTrue.ExtractMostSignificantBits() << row;
        }

        for (; row < lefts.Length; row++)
        {
            word |= (TComparison.Of(lefts[row], rights[row]) ? 1UL : 0) << row;
        }

        return word;
    }
}

/// <summary>Both conditions, or one of them.</summary>
internal sealed class JoinedConditions(ConditionNode left, ConditionNode right, bool isAnd) : ConditionNode
{
    /// <inheritdoc/>
    protected override void Fill(RowChunk chunk, Span<ulong> bits)
    {
        var lefts = left.Bits(chunk);
        var rights = right.Bits(chunk);
        for (var i = 0; i < bits.Length; i++)
        {
            bits[i] = isAnd ? lefts[i] & rights[i] : lefts[i] | rights[i];
        }
    }
}

/// <summary>Not the condition.</summary>
internal sealed class InvertedCondition(ConditionNode operand) : ConditionNode
{
    /// <inheritdoc/>
    protected override void Fill(RowChunk chunk, Span<ulong> bits)
    {
        var values = operand.Bits(chunk);
        for (var i = 0; i < bits.Length; i++)
        {
            bits[i] = ~values[i];
        }
    }
}
