using System.Buffers.Binary;
using System.Text;

namespace Lockstep.Engine.State;

/// <summary>
/// Reads what <see cref="SnapshotWriter"/> wrote; lengths are never trusted with memory before their bytes came. It reads ahead
/// of what is asked for.
/// </summary>
internal sealed class SnapshotReader(Stream stream)
{
    private const int ChunkBytes = 64 * 1024;
    private readonly byte[] _buffer = new byte[ChunkBytes];
    private int _at;
    private int _end;

    // What of the buffer is in the CRC; it follows before bytes leave the buffer and when it is asked for.
    private int _summed;
    private uint _crc;

    public byte ReadByte() => Take(1)[0];

    public bool ReadBool() => ReadByte() switch
    {
        0 => false,
        1 => true,
        var other => throw new SnapshotFormatException($"The snapshot is damaged: {other} is not a yes or no."),
    };

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    public double ReadDouble() => BitConverter.UInt64BitsToDouble(ReadUInt64());

    public decimal ReadDecimal()
    {
        int[] bits = [ReadInt32(), ReadInt32(), ReadInt32(), ReadInt32()];
        try
        {
            return new decimal(bits);
        }
        catch (ArgumentException error)
        {
            throw new SnapshotFormatException("The snapshot is damaged: an amount is not a decimal.", error);
        }
    }

    public string? ReadText() => ReadLength() switch
    {
        null => null,
        <= ChunkBytes and var length => Encoding.UTF8.GetString(Take(length)),
        { } length => Encoding.UTF8.GetString(ReadBytes(length)),
    };

    public byte[]? ReadBytes() => ReadLength() is { } length ? ReadBytes(length) : null;

    private int? ReadLength() => ReadInt32() switch
    {
        >= 0 and var length => length,
        -1 => null,
        _ => throw new SnapshotFormatException("The snapshot is damaged: a length is negative."),
    };

    private byte[] ReadBytes(int length)
    {
        var bytes = new byte[Math.Min(length, ChunkBytes)];
        for (var read = 0; read < length; read = bytes.Length)
        {
            if (read > 0)
            {
                Array.Resize(ref bytes, (int)Math.Min(length, (long)bytes.Length * 2));
            }

            Fill(bytes.AsSpan(read));
        }

        return bytes;
    }

    /// <summary>Reads a count that must not be negative.</summary>
    public int ReadCount()
    {
        var count = ReadInt32();
        return count >= 0 ? count : throw new SnapshotFormatException("The snapshot is damaged: a count is negative.");
    }

    /// <summary>For how many of so many items there may be memory before they are read: those whose bytes are there.</summary>
    /// <param name="count">How many the snapshot says there are.</param>
    /// <param name="bytesEach">The least that each takes.</param>
    public int RoomFor(int count, int bytesEach) =>
        (int)Math.Min(count, ((stream.CanSeek ? stream.Length - stream.Position : 0) + _end - _at) / bytesEach);

    /// <summary>Reads the CRC at the end and compares it with that of everything read.</summary>
    public void CheckSeal()
    {
        Sum();
        var expected = _crc;
        if (BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint))) != expected)
        {
            throw new SnapshotFormatException("The snapshot is damaged: its checksum does not fit.");
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_end - _at < count)
        {
            Refill(count);
        }

        _at += count;
        return _buffer.AsSpan(_at - count, count);
    }

    private void Fill(Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            var part = Take(Math.Min(target.Length, ChunkBytes));
            part.CopyTo(target);
            target = target[part.Length..];
        }
    }

    private void Refill(int count)
    {
        Sum();
        _buffer.AsSpan(_at, _end - _at).CopyTo(_buffer);
        (_end, _at, _summed) = (_end - _at, 0, 0);
        _end += stream.ReadAtLeast(_buffer.AsSpan(_end), count - _end, throwOnEndOfStream: false);
        if (_end < count)
        {
            throw new SnapshotFormatException("The snapshot is damaged: it ends too early.");
        }
    }

    private void Sum()
    {
        _crc = SnapshotCrc.Add(_crc, _buffer.AsSpan(_summed, _at - _summed));
        _summed = _at;
    }
}
