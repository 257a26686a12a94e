namespace Lockstep.Contracts.Events;

/// <summary>Whole numbers in 1 to 10 bytes, seven bits each, lowest first, as in Protocol Buffers; zigzag for signed ones.</summary>
internal static class Varint
{
    public const int MaxLength = 10;

    public static int Length(ulong value) => (70 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 7;

    public static int Write(Span<byte> span, ulong value)
    {
        var i = 0;
        while (value >= 0x80)
        {
            span[i++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[i++] = (byte)value;
        return i;
    }

    /// <summary>Reads a number and steps over it; false when the bytes end or it passes 64 bits.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> span, out ulong value)
    {
        value = 0;
        for (var i = 0; i < MaxLength && i < span.Length; i++)
        {
            var b = span[i];
            if (i == MaxLength - 1 && b > 1)
            {
                return false;
            }

            value |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                span = span[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    public static ulong Zigzag(long value) => (ulong)((value << 1) ^ (value >> 63));

    public static long Unzigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
