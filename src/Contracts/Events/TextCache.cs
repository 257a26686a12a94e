using System.Buffers.Binary;
using System.Text;

namespace Lockstep.Contracts.Events;

/// <summary>
/// Strings of UTF-8 bytes; short ASCII ones that come again and again, as keys and codes do, are made once. Of two that fall on
/// one place the later one stays, so memory is bounded. Not thread safe.
/// </summary>
internal sealed class TextCache
{
    private const int Places = 4096;
    private const int LongestBytes = 32;
    private readonly string?[] _texts = new string?[Places];

    /// <summary>The string of some bytes; what is not UTF-8 becomes replacement characters.</summary>
    public string Get(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return "";
        }

        if (bytes.Length > LongestBytes)
        {
            return Encoding.UTF8.GetString(bytes);
        }

        ref var text = ref _texts[PlaceOf(bytes)];
        if (text is null || !Ascii.Equals(bytes, text))
        {
            text = Encoding.UTF8.GetString(bytes);
        }

        return text;
    }

    private static int PlaceOf(ReadOnlySpan<byte> bytes)
    {
        var hash = (ulong)bytes.Length;
        while (bytes.Length >= sizeof(ulong))
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * 0x9E3779B97F4A7C15UL;
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
        {
            hash = (hash << 8) ^ (hash >> 56) ^ value;
        }

        return (int)((hash * 0x9E3779B97F4A7C15UL) >> 52);
    }
}
