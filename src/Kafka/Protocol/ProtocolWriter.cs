using System.Buffers.Binary;
using System.Text;

namespace Lockstep.Kafka.Protocol;

/// <summary>
/// Writes one Kafka request with its length and header (protocol guide, "Request Header v1"; v2 adds a tag section):
/// <code>int32 length | int16 api | int16 version | int32 correlation | nullable string client | [tags] | body</code>
/// </summary>
internal sealed class ProtocolWriter
{
    private byte[] _bytes = new byte[256];
    private int _count;

    internal ProtocolWriter(ApiKey api, short version, int correlation, string clientId, bool flexible = false) =>
        Begin(api, version, correlation, clientId, flexible);

    /// <summary>Begins another request in the memory of the last one, which must have been sent.</summary>
    internal ProtocolWriter Begin(ApiKey api, short version, int correlation, string clientId, bool flexible)
    {
        _count = 0;
        Int32(0);
        Int16((short)api);
        Int16(version);
        Int32(correlation);
        String(clientId);
        return flexible ? Tags() : this;
    }

    /// <summary>The whole request; the length is filled in.</summary>
    internal ReadOnlyMemory<byte> Finish()
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes, _count - 4);
        return _bytes.AsMemory(0, _count);
    }

    internal ProtocolWriter Int8(sbyte value)
    {
        Room(1)[0] = (byte)value;
        return this;
    }

    internal ProtocolWriter Int16(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(Room(2), value);
        return this;
    }

    internal ProtocolWriter Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(Room(4), value);
        return this;
    }

    internal ProtocolWriter Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(Room(8), value);
        return this;
    }

    internal ProtocolWriter String(string value)
    {
        var count = Encoding.UTF8.GetByteCount(value);
        Int16((short)count);
        Encoding.UTF8.GetBytes(value, Room(count));
        return this;
    }

    internal ProtocolWriter Bytes(ReadOnlySpan<byte> value)
    {
        Int32(value.Length);
        value.CopyTo(Room(value.Length));
        return this;
    }

    /// <summary>Compact bytes: their length plus one as a variable-length number, then they.</summary>
    internal ProtocolWriter CompactBytes(ReadOnlySpan<byte> value)
    {
        VarInt((uint)value.Length + 1);
        value.CopyTo(Room(value.Length));
        return this;
    }

    /// <summary>A compact string: its length plus one as a variable-length number, then its bytes.</summary>
    internal ProtocolWriter CompactString(string value)
    {
        var count = Encoding.UTF8.GetByteCount(value);
        VarInt((uint)count + 1);
        Encoding.UTF8.GetBytes(value, Room(count));
        return this;
    }

    /// <summary>Seven bits a byte, lowest first.</summary>
    internal ProtocolWriter VarInt(uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            Room(1)[0] = (byte)(value | 0x80);
        }

        Room(1)[0] = (byte)value;
        return this;
    }

    /// <summary>An empty tag section.</summary>
    internal ProtocolWriter Tags() => Int8(0);

    private Span<byte> Room(int count)
    {
        if (_count + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _count + count));
        }

        _count += count;
        return _bytes.AsSpan(_count - count, count);
    }
}
