using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lockstep.Engine.State;

/// <summary>
/// 64-bit hashes that are the same on every machine and in every run (never string.GetHashCode). Rows are hashed one by one and
/// added up, so that a store's hash follows each change in O(1) and does not depend on where rows lie.
/// </summary>
internal static class StateHash
{
    /// <summary>The hash of a null value.</summary>
    public const ulong Null = 0x9E3779B97F4A7C15UL;

    /// <summary>Mixes 64 bits (the finalizer of splitmix64).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }

    /// <summary>Folds a value into a hash; order matters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Combine(ulong hash, ulong value) => Mix(unchecked((hash * 0x9E3779B97F4A7C15UL) + value + 1));

    /// <summary>Hash of a double; both zeros have one hash, as have all NaNs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(double value)
    {
        if (value == 0)
        {
            return Mix(1);
        }

        return double.IsNaN(value) ? Mix(2) : Mix(BitConverter.DoubleToUInt64Bits(value));
    }

    /// <summary>Hash of a text's UTF-16 code units.</summary>
    public static ulong Of(string value) => Of(MemoryMarshal.AsBytes(value.AsSpan()));

    /// <summary>Hash of bytes, eight at a time, little endian.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = Mix((ulong)bytes.Length + 3);
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Combine(hash, System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        var rest = 0UL;
        for (var i = 0; i < bytes.Length; i++)
        {
            rest |= (ulong)bytes[i] << (8 * i);
        }

        return Combine(hash, rest);
    }

    /// <summary>Hash of a decimal; amounts that are equal have one hash whatever their scale.</summary>
    public static ulong Of(decimal value)
    {
        // Dividing by a one of the largest scale removes trailing zeros.
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value / 1.0000000000000000000000000000m, bits);
        var low = ((ulong)(uint)bits[1] << 32) | (uint)bits[0];
        var high = ((ulong)(uint)bits[3] << 32) | (uint)bits[2];
        return Combine(Mix(low), high);
    }
}
