using System.Buffers.Binary;
using System.Text;

namespace Lockstep.ZooKeeper.Protocol;

/// <summary>Reads what <see cref="JuteWriter"/> writes, without the frame's length.</summary>
/// <param name="bytes">The records of one frame.</param>
internal ref struct JuteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public delegate T ReadItem<T>(ref JuteReader reader);

    /// <summary>True when nothing is left.</summary>
    public readonly bool AtEnd => _rest.IsEmpty;

    public bool Bool() => Take(1)[0] != 0;

    public int Int() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public long Long() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public string Text()
    {
        int length = Int();
        return length < 0 ? "" : Encoding.UTF8.GetString(Take(length));
    }

    /// <summary>A copy of the bytes; null is read as none.</summary>
    public ReadOnlyMemory<byte> Buffer()
    {
        int length = Int();
        return length <= 0 ? ReadOnlyMemory<byte>.Empty : Take(length).ToArray();
    }

    public List<T> Vector<T>(ReadItem<T> read)
    {
        int count = Int();
        if (count > _rest.Length)
        {
            throw new InvalidDataException($"A vector of {count} items cannot be in {_rest.Length} bytes.");
        }

        List<T> items = new(Math.Max(count, 0));
        for (int i = 0; i < count; i++)
        {
            items.Add(read(ref this));
        }

        return items;
    }

    public List<string> Texts() => Vector(static (ref JuteReader reader) => reader.Text());

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (bytes < 0 || bytes > _rest.Length)
        {
            throw new InvalidDataException($"A record needs {bytes} bytes more, but the frame has {_rest.Length}.");
        }

        ReadOnlySpan<byte> taken = _rest[..bytes];
        _rest = _rest[bytes..];
        return taken;
    }
}
