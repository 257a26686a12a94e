using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Lockstep.Contracts.Events;

/// <summary>Writes one column of an event block (docs/formats/event-block.md).</summary>
internal static class ColumnEncoder
{
    private const int DecimalLength = 16;

    /// <summary>The most bytes a column takes.</summary>
    public static long Bound(Column column)
    {
        var n = column.Count;
        long bound = 2 + (n + 7) / 8;
        switch (column)
        {
            case Column<string> c:
                foreach (var text in c.Values)
                {
                    bound += 5 + (text is null ? 0 : Encoding.UTF8.GetByteCount(text));
                }

                break;
            case Column<byte[]> c:
                foreach (var bytes in c.Values)
                {
                    bound += 5 + (bytes?.Length ?? 0);
                }

                break;
            case Column<long?[]> c:
                foreach (var items in c.Values)
                {
                    bound += 5 + (items is null ? 0 : (items.Length + 7) / 8 + 8L * items.Length);
                }

                break;
            case Column<double?[]> c:
                foreach (var items in c.Values)
                {
                    bound += 5 + (items is null ? 0 : (items.Length + 7) / 8 + 8L * items.Length);
                }

                break;
            case Column<decimal>: bound += (long)DecimalLength * n; break;
            default: bound += 8L * n; break;
        }

        return bound;
    }

    /// <summary>Writes the column and gives the number of bytes.</summary>
    public static int Write(Column column, Span<byte> span)
    {
        var validity = ValidityOf(column);
        span[0] = (byte)validity;
        if (validity == ValidityEncoding.AllNull)
        {
            return 1;
        }

        var at = 1;
        if (validity == ValidityEncoding.Bitmap)
        {
            at += WriteBitmap(column, span[1..]);
        }

        span[at] = (byte)ValueEncoding.Plain;
        switch (column)
        {
            case Column<long> c: return at + WriteLongs(c.Values, span[at..]);
            case Column<double> c: MemoryMarshal.AsBytes(c.Values).CopyTo(span[(at + 1)..]); return at + 1 + 8 * c.Count;
            case Column<decimal> c: return at + 1 + WriteDecimals(c.Values, span[(at + 1)..]);
            case Column<string> c: return at + 1 + WriteTexts(c.Values, span[(at + 1)..]);
            case Column<byte[]> c: return at + 1 + WriteBlobs(c.Values, span[(at + 1)..]);
            case Column<long?[]> c: return at + 1 + ArrayColumn.Write(c.Values, span[(at + 1)..]);
            default: return at + 1 + ArrayColumn.Write(((Column<double?[]>)column).Values, span[(at + 1)..]);
        }
    }

    private static ValidityEncoding ValidityOf(Column column)
    {
        var valid = 0;
        foreach (var word in column.Validity)
        {
            valid += System.Numerics.BitOperations.PopCount(word);
        }

        // A column without values is all valid, so that an empty block has one form.
        return valid == column.Count ? ValidityEncoding.AllValid : valid == 0 ? ValidityEncoding.AllNull : ValidityEncoding.Bitmap;
    }

    private static int WriteBitmap(Column column, Span<byte> span)
    {
        var length = (column.Count + 7) / 8;
        for (var i = 0; i < length; i++)
        {
            span[i] = (byte)(column.Validity[i >> 3] >> ((i & 7) * 8));
        }

        return length;
    }

    private static int WriteLongs(ReadOnlySpan<long> values, Span<byte> span)
    {
        long size = 0;
        var last = 0L;
        foreach (var value in values)
        {
            size += Varint.Length(Varint.Zigzag(unchecked(value - last)));
            last = value;
        }

        if (size >= 8L * values.Length)
        {
            span[0] = (byte)ValueEncoding.Plain;
            MemoryMarshal.AsBytes(values).CopyTo(span[1..]);
            return 1 + 8 * values.Length;
        }

        span[0] = (byte)ValueEncoding.Delta;
        var at = 1;
        last = 0;
        foreach (var value in values)
        {
            at += Varint.Write(span[at..], Varint.Zigzag(unchecked(value - last)));
            last = value;
        }

        return at;
    }

    private static int WriteDecimals(ReadOnlySpan<decimal> values, Span<byte> span)
    {
        Span<int> parts = stackalloc int[4];
        for (var i = 0; i < values.Length; i++)
        {
            decimal.GetBits(values[i], parts);
            for (var p = 0; p < parts.Length; p++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(span[(i * DecimalLength + p * 4)..], parts[p]);
            }
        }

        return DecimalLength * values.Length;
    }

    private static int WriteTexts(ReadOnlySpan<string> values, Span<byte> span)
    {
        var at = 0;
        foreach (var text in values)
        {
            at += Varint.Write(span[at..], text is null ? 0 : (ulong)Encoding.UTF8.GetByteCount(text));
        }

        foreach (var text in values)
        {
            at += text is null ? 0 : Encoding.UTF8.GetBytes(text, span[at..]);
        }

        return at;
    }

    private static int WriteBlobs(ReadOnlySpan<byte[]> values, Span<byte> span)
    {
        var at = 0;
        foreach (var bytes in values)
        {
            at += Varint.Write(span[at..], bytes is null ? 0 : (ulong)bytes.Length);
        }

        foreach (var bytes in values)
        {
            bytes?.CopyTo(span[at..]);
            at += bytes?.Length ?? 0;
        }

        return at;
    }
}
