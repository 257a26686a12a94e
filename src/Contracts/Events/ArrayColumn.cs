using System.Buffers.Binary;

namespace Lockstep.Contracts.Events;

/// <summary>Values of array columns: item count, bitmap of items that are not null, then 8 bytes an item (0 for null).</summary>
internal static class ArrayColumn
{
    public static int Write(ReadOnlySpan<long?[]> values, Span<byte> span)
    {
        var at = 0;
        foreach (var items in values)
        {
            at += WriteHead(items, span[at..]);
            foreach (var item in items ?? [])
            {
                BinaryPrimitives.WriteInt64LittleEndian(span[at..], item ?? 0);
                at += sizeof(long);
            }
        }

        return at;
    }

    public static int Write(ReadOnlySpan<double?[]> values, Span<byte> span)
    {
        var at = 0;
        foreach (var items in values)
        {
            at += WriteHead(items, span[at..]);
            foreach (var item in items ?? [])
            {
                BinaryPrimitives.WriteDoubleLittleEndian(span[at..], item ?? 0);
                at += sizeof(double);
            }
        }

        return at;
    }

    public static EventBlockError Read(scoped ref ReadOnlySpan<byte> rest, Span<long?[]> values)
    {
        for (var row = 0; row < values.Length; row++)
        {
            if (!TryReadHead(ref rest, out var count, out var bitmap, out var items))
            {
                return EventBlockError.BadLength;
            }

            var array = count == 0 ? [] : new long?[count];
            for (var i = 0; i < count; i++)
            {
                array[i] = IsSet(bitmap, i) ? BinaryPrimitives.ReadInt64LittleEndian(items[(i * 8)..]) : null;
            }

            values[row] = array;
        }

        return EventBlockError.None;
    }

    public static EventBlockError Read(scoped ref ReadOnlySpan<byte> rest, Span<double?[]> values)
    {
        for (var row = 0; row < values.Length; row++)
        {
            if (!TryReadHead(ref rest, out var count, out var bitmap, out var items))
            {
                return EventBlockError.BadLength;
            }

            var array = count == 0 ? [] : new double?[count];
            for (var i = 0; i < count; i++)
            {
                array[i] = IsSet(bitmap, i) ? BinaryPrimitives.ReadDoubleLittleEndian(items[(i * 8)..]) : null;
            }

            values[row] = array;
        }

        return EventBlockError.None;
    }

    private static int WriteHead<T>(T?[]? items, Span<byte> span)
        where T : struct
    {
        var count = items?.Length ?? 0;
        var at = Varint.Write(span, (ulong)count);
        var bitmap = span.Slice(at, (count + 7) / 8);
        bitmap.Clear();
        for (var i = 0; i < count; i++)
        {
            bitmap[i >> 3] |= items![i].HasValue ? (byte)(1 << (i & 7)) : (byte)0;
        }

        return at + bitmap.Length;
    }

    /// <summary>Reads count, bitmap and items. The items must all be there, so the count is bounded by the input.</summary>
    private static bool TryReadHead(
        scoped ref ReadOnlySpan<byte> rest, out int count, out ReadOnlySpan<byte> bitmap, out ReadOnlySpan<byte> items)
    {
        count = 0;
        bitmap = default;
        items = default;
        if (!Varint.TryRead(ref rest, out var length) || length > (ulong)rest.Length / 8)
        {
            return false;
        }

        count = (int)length;
        var bitmapLength = (count + 7) / 8;
        if (bitmapLength + 8L * count > rest.Length)
        {
            return false;
        }

        bitmap = rest[..bitmapLength];
        items = rest.Slice(bitmapLength, 8 * count);
        rest = rest[(bitmapLength + 8 * count)..];
        return true;
    }

    private static bool IsSet(ReadOnlySpan<byte> bitmap, int i) => (bitmap[i >> 3] >> (i & 7) & 1) != 0;
}
