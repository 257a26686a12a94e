using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Lockstep.Contracts.Events;

/// <summary>Reads one column of an event block out of any bytes: every length is checked before memory is taken for it.</summary>
internal static class ColumnDecoder
{
    private const int DecimalLength = 16;

    /// <summary>Fills an empty column with <paramref name="count"/> values and steps over them.</summary>
    public static EventBlockError Read(scoped ref ReadOnlySpan<byte> rest, int count, Column column)
    {
        if (rest.Length == 0)
        {
            return EventBlockError.Truncated;
        }

        var validity = (ValidityEncoding)rest[0];
        rest = rest[1..];
        if (validity == ValidityEncoding.AllNull)
        {
            column.FillNulls(count);
            return EventBlockError.None;
        }

        if (validity > ValidityEncoding.Bitmap)
        {
            return EventBlockError.BadValue;
        }

        ReadOnlySpan<byte> bitmap = default;
        if (validity == ValidityEncoding.Bitmap && !TryTake(ref rest, (count + 7) / 8, out bitmap))
        {
            return EventBlockError.Truncated;
        }

        if (rest.Length == 0)
        {
            return EventBlockError.Truncated;
        }

        var encoding = (ValueEncoding)rest[0];
        rest = rest[1..];
        if (encoding > (column is Column<long> ? ValueEncoding.Delta : ValueEncoding.Plain))
        {
            return EventBlockError.BadValue;
        }

        var error = ReadValues(ref rest, count, column, encoding);
        if (error == EventBlockError.None)
        {
            column.FillValidity(count, validity == ValidityEncoding.AllValid, bitmap);
        }

        return error;
    }

    private static EventBlockError ReadValues(scoped ref ReadOnlySpan<byte> rest, int count, Column column, ValueEncoding encoding)
    {
        switch (column)
        {
            case Column<long> c when encoding == ValueEncoding.Delta:
                return count > rest.Length ? EventBlockError.Truncated : ReadDeltas(ref rest, c.BeginFill(count));
            case Column<long> c:
                return ReadFixed(ref rest, count, c);
            case Column<double> c:
                return ReadFixed(ref rest, count, c);
            case Column<decimal> c:
                return ReadDecimals(ref rest, count, c);
            case Column<string> c:
                return count > rest.Length ? EventBlockError.Truncated : ReadTexts(ref rest, c.BeginFill(count));
            case Column<byte[]> c:
                return count > rest.Length ? EventBlockError.Truncated : ReadBlobs(ref rest, c.BeginFill(count));
            case Column<long?[]> c:
                return count > rest.Length ? EventBlockError.Truncated : ArrayColumn.Read(ref rest, c.BeginFill(count));
            default:
                return count > rest.Length
                    ? EventBlockError.Truncated
                    : ArrayColumn.Read(ref rest, ((Column<double?[]>)column).BeginFill(count));
        }
    }

    private static EventBlockError ReadFixed<T>(scoped ref ReadOnlySpan<byte> rest, int count, Column<T> column)
        where T : struct
    {
        if (!TryTake(ref rest, 8L * count, out var bytes))
        {
            return EventBlockError.Truncated;
        }

        bytes.CopyTo(MemoryMarshal.AsBytes(column.BeginFill(count)));
        return EventBlockError.None;
    }

    private static EventBlockError ReadDeltas(scoped ref ReadOnlySpan<byte> rest, Span<long> values)
    {
        var last = 0L;
        for (var i = 0; i < values.Length; i++)
        {
            if (!Varint.TryRead(ref rest, out var delta))
            {
                return EventBlockError.BadLength;
            }

            last = unchecked(last + Varint.Unzigzag(delta));
            values[i] = last;
        }

        return EventBlockError.None;
    }

    private static EventBlockError ReadDecimals(scoped ref ReadOnlySpan<byte> rest, int count, Column<decimal> column)
    {
        if (!TryTake(ref rest, (long)DecimalLength * count, out var bytes))
        {
            return EventBlockError.Truncated;
        }

        var values = column.BeginFill(count);
        Span<int> parts = stackalloc int[4];
        for (var i = 0; i < count; i++)
        {
            for (var p = 0; p < parts.Length; p++)
            {
                parts[p] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * DecimalLength + p * 4)..]);
            }

            // Sign in bit 31, scale 0 to 28 in bits 16 to 23, all others 0: what the constructor of decimal demands.
            if ((parts[3] & 0x7F00FFFF) != 0 || (parts[3] >> 16 & 0xFF) > 28)
            {
                return EventBlockError.BadValue;
            }

            values[i] = new decimal(parts);
        }

        return EventBlockError.None;
    }

    private static EventBlockError ReadTexts(scoped ref ReadOnlySpan<byte> rest, Span<string> values)
    {
        var lengths = rest;
        if (!TrySkipLengths(ref rest, values.Length))
        {
            return EventBlockError.BadLength;
        }

        for (var i = 0; i < values.Length; i++)
        {
            Varint.TryRead(ref lengths, out var length);
            var bytes = rest[..(int)length];
            if (!Utf8.IsValid(bytes))
            {
                return EventBlockError.BadText;
            }

            values[i] = Encoding.UTF8.GetString(bytes);
            rest = rest[(int)length..];
        }

        return EventBlockError.None;
    }

    private static EventBlockError ReadBlobs(scoped ref ReadOnlySpan<byte> rest, Span<byte[]> values)
    {
        var lengths = rest;
        if (!TrySkipLengths(ref rest, values.Length))
        {
            return EventBlockError.BadLength;
        }

        for (var i = 0; i < values.Length; i++)
        {
            Varint.TryRead(ref lengths, out var length);
            values[i] = length == 0 ? [] : rest[..(int)length].ToArray();
            rest = rest[(int)length..];
        }

        return EventBlockError.None;
    }

    /// <summary>Steps over the lengths and checks that their sum is there, so that reading again cannot fail.</summary>
    private static bool TrySkipLengths(scoped ref ReadOnlySpan<byte> rest, int count)
    {
        ulong sum = 0;
        for (var i = 0; i < count; i++)
        {
            if (!Varint.TryRead(ref rest, out var length) || length > int.MaxValue)
            {
                return false;
            }

            sum += length;
        }

        return sum <= (ulong)rest.Length;
    }

    private static bool TryTake(scoped ref ReadOnlySpan<byte> rest, long length, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (length > rest.Length)
        {
            return false;
        }

        taken = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }
}
