using System.Buffers.Binary;
using System.Text;

namespace Lockstep.Engine.State;

/// <summary>
/// Reads what <see cref="SnapshotWriter"/> wrote; lengths are never trusted with memory before their bytes came.
/// </summary>
internal sealed class SnapshotReader(Stream stream)
{
    private const int ChunkBytes = 64 * 1024;
    private readonly byte[] _scratch = new byte[sizeof(ulong)];
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

    public string? ReadText() => ReadBytes() is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    public byte[]? ReadBytes()
    {
        var length = ReadInt32();
        if (length < 0)
        {
            return length == -1 ? null : throw new SnapshotFormatException("The snapshot is damaged: a length is negative.");
        }

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

    /// <summary>Reads the CRC at the end and compares it with that of everything read.</summary>
    public void CheckSeal()
    {
        var expected = _crc;
        if (BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint))) != expected)
        {
            throw new SnapshotFormatException("The snapshot is damaged: its checksum does not fit.");
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var span = _scratch.AsSpan(0, count);
        Fill(span);
        return span;
    }

    private void Fill(Span<byte> target)
    {
        try
        {
            stream.ReadExactly(target);
        }
        catch (EndOfStreamException error)
        {
            throw new SnapshotFormatException("The snapshot is damaged: it ends too early.", error);
        }

        _crc = SnapshotCrc.Add(_crc, target);
    }
}
