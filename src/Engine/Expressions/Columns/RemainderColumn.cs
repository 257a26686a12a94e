using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lockstep.Engine.Expressions.Columns;

/// <summary>
/// The remainder of real numbers, the same as <c>%</c> gives; the divisor is a <see cref="DivisorColumn{T}"/>.
/// </summary>
/// <remarks>
/// A remainder is always a number that a double holds exactly, so a fused multiplication and addition gives it exactly from the
/// right quotient. The rounded quotient cut off is the right one or, where rounding reached the next whole number, one too
/// large in size; then the result has the wrong sign and the divisor is added once. It holds for quotients below 2^52;
/// others, infinite divisors and what is no number go the slow way.
/// </remarks>
internal sealed class RemainderColumn(ColumnNode<double> left, ColumnNode<double> right, int register) : ColumnNode<double>
{
    private const double QuotientMax = 1L << 52;

    /// <inheritdoc/>
    public override ReadOnlySpan<double> Values(RowChunk chunk)
    {
        var lefts = left.Values(chunk);
        var rights = right.Values(chunk);
        var results = chunk.Register<double>(register);
        Remainders(lefts, rights, results);
        return results;
    }

    /// <summary>The remainder of each pair; the result may lie in the memory of an operand.</summary>
    public static void Remainders(ReadOnlySpan<double> lefts, ReadOnlySpan<double> rights, Span<double> results)
    {
        var row = 0;
        for (; Fma.IsSupported && row <= results.Length - Vector256<double>.Count; row += Vector256<double>.Count)
        {
            var (left, right) = (Vector256.Create(lefts[row..]), Vector256.Create(rights[row..]));
            if (TryRemainders(left, right, out var remainders))
            {
                remainders.CopyTo(results[row..]);
                continue;
            }

            for (var i = 0; i < Vector256<double>.Count; i++)
            {
                results[row + i] = left[i] % right[i];
            }
        }

        for (; row < results.Length; row++)
        {
            results[row] = lefts[row] % rights[row];
        }
    }

    private static bool TryRemainders(Vector256<double> left, Vector256<double> right, out Vector256<double> remainders)
    {
        var quotient = left / right;
        var size = Vector256.Abs(right);
        var sign = left & Vector256.Create(-0.0);
        var remainder = Fma.MultiplyAddNegated(Vector256.Truncate(quotient), right, left);

        // Below 0 when the sign of the left number is taken off: the quotient was one too large.
        var isShort = Vector256.LessThan(remainder ^ sign, Vector256<double>.Zero);
        remainder = Vector256.ConditionalSelect(isShort, remainder + (size | sign), remainder);
        remainders = Vector256.Abs(remainder) | sign;
        return Vector256.LessThanAll(Vector256.Abs(quotient), Vector256.Create(QuotientMax))
            && Vector256.LessThanAll(size, Vector256.Create(double.PositiveInfinity));
    }
}
