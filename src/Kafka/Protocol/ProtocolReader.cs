using System.Buffers.Binary;
using System.Text;

namespace Lockstep.Kafka.Protocol;

/// <summary>Reads one Kafka response body. Reading past its end throws <see cref="ProtocolException"/>.</summary>
internal ref struct ProtocolReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Bytes not read yet.</summary>
    internal readonly int Left => _rest.Length;

    internal readonly bool IsAtEnd => _rest.IsEmpty;

    internal byte Byte() => Take(1)[0];

    internal short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    internal int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    internal long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    internal string? String()
    {
        var count = Int16();
        return count < 0 ? null : Encoding.UTF8.GetString(Take(count));
    }

    internal byte[] Bytes()
    {
        var count = Int32();
        return count < 0 ? [] : Take(count).ToArray();
    }

    internal string? CompactString()
    {
        var count = (int)VarInt() - 1;
        return count < 0 ? null : Encoding.UTF8.GetString(Take(count));
    }

    internal uint VarInt()
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var part = Byte();
            value |= (uint)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new ProtocolException("A variable-length number is too long.");
    }

    /// <summary>Passes over a tag section.</summary>
    internal void SkipTags()
    {
        for (var left = VarInt(); left > 0; left--)
        {
            VarInt();
            Take((int)VarInt());
        }
    }

    internal ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _rest.Length)
        {
            throw new ProtocolException("The response is shorter than it says.");
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
