using System.Buffers.Binary;
using System.Text;

namespace Lockstep.Engine.State;

/// <summary>
/// Writes state as little-endian binary and keeps a CRC-32C of all it wrote. Text and byte arrays carry a length in
/// front, -1 for null.
/// </summary>
internal sealed class SnapshotWriter(Stream stream)
{
    private const int BufferBytes = 64 * 1024;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _used;

    /// <summary>CRC-32C of everything written so far.</summary>
    public uint Crc { get; private set; }

    public void Write(byte value) => Reserve(1)[0] = value;

    public void Write(bool value) => Write(value ? (byte)1 : (byte)0);

    public void Write(int value) => BinaryPrimitives.WriteInt32LittleEndian(Reserve(sizeof(int)), value);

    public void Write(long value) => BinaryPrimitives.WriteInt64LittleEndian(Reserve(sizeof(long)), value);

    public void Write(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(sizeof(ulong)), value);

    public void Write(double value) => Write(BitConverter.DoubleToUInt64Bits(value));

    public void Write(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        foreach (var part in bits)
        {
            Write(part);
        }
    }

    public void Write(string? value)
    {
        if (value is null)
        {
            Write(-1);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(value);
        Write(length);
        if (length <= BufferBytes)
        {
            Encoding.UTF8.GetBytes(value, Reserve(length));
        }
        else
        {
            WriteAll(Encoding.UTF8.GetBytes(value));
        }
    }

    public void Write(byte[]? value)
    {
        Write(value?.Length ?? -1);
        WriteAll(value);
    }

    /// <summary>Writes out what is still in the buffer.</summary>
    public void Flush()
    {
        var bytes = _buffer.AsSpan(0, _used);
        Crc = SnapshotCrc.Add(Crc, bytes);
        stream.Write(bytes);
        _used = 0;
    }

    /// <summary>Flushes, then writes the CRC of everything before it.</summary>
    public void Seal()
    {
        Flush();
        Span<byte> crc = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(crc, Crc);
        stream.Write(crc);
    }

    private void WriteAll(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var part = bytes[..Math.Min(bytes.Length, BufferBytes)];
            part.CopyTo(Reserve(part.Length));
            bytes = bytes[part.Length..];
        }
    }

    private Span<byte> Reserve(int bytes)
    {
        if (_used + bytes > BufferBytes)
        {
            Flush();
        }

        _used += bytes;
        return _buffer.AsSpan(_used - bytes, bytes);
    }
}
