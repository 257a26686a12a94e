using System.Buffers.Binary;
using System.Text;

namespace Lockstep.ZooKeeper.Protocol;

/// <summary>
/// Writes jute's primitives into one frame: a length of 4 bytes, then the records. Numbers are big-endian; strings,
/// buffers and vectors start with a length of 4 bytes, -1 for null.
/// </summary>
internal sealed class JuteWriter
{
    private const int LengthBytes = 4;
    private byte[] _buffer = new byte[256];
    private int _length = LengthBytes;

    public void Bool(bool value) => Reserve(1)[0] = value ? (byte)1 : (byte)0;

    public void Int(int value) => BinaryPrimitives.WriteInt32BigEndian(Reserve(4), value);

    public void Long(long value) => BinaryPrimitives.WriteInt64BigEndian(Reserve(8), value);

    public void Text(string value)
    {
        int bytes = Encoding.UTF8.GetByteCount(value);
        Int(bytes);
        Encoding.UTF8.GetBytes(value, Reserve(bytes));
    }

    public void Buffer(ReadOnlySpan<byte> value)
    {
        Int(value.Length);
        value.CopyTo(Reserve(value.Length));
    }

    public void Vector<T>(IReadOnlyList<T> items, Action<JuteWriter, T> write)
    {
        Int(items.Count);
        foreach (T item in items)
        {
            write(this, item);
        }
    }

    public void Texts(IReadOnlyList<string> items) => Vector(items, static (writer, text) => writer.Text(text));

    /// <summary>The frame with its length in front; the writer is of no use afterwards.</summary>
    public ReadOnlyMemory<byte> ToFrame()
    {
        BinaryPrimitives.WriteInt32BigEndian(_buffer, _length - LengthBytes);
        return _buffer.AsMemory(0, _length);
    }

    /// <summary>Writes records as one frame.</summary>
    public static ReadOnlyMemory<byte> Frame(params ReadOnlySpan<IJuteRecord> records)
    {
        JuteWriter writer = new();
        foreach (IJuteRecord record in records)
        {
            record.Write(writer);
        }

        return writer.ToFrame();
    }

    private Span<byte> Reserve(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes));
        }

        Span<byte> room = _buffer.AsSpan(_length, bytes);
        _length += bytes;
        return room;
    }
}
