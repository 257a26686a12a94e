using System.Buffers;
using System.Buffers.Binary;
using ZstdSharp;

namespace Lockstep.Connectors.Snapshots;

/// <summary>
/// Reads a snapshot file: header first, then the engine's state as a stream, chunk by chunk. Lengths are never trusted with
/// memory beyond a chunk. <see cref="Finish"/> says whether the file was whole.
/// </summary>
internal sealed class SnapshotFileReader : Stream
{
    private readonly Stream _file;
    private readonly Decompressor _zstd = new();
    private readonly byte[] _raw = ArrayPool<byte>.Shared.Rent(SnapshotFormat.ChunkBytes);
    private readonly byte[] _stored = ArrayPool<byte>.Shared.Rent(SnapshotFormat.LongestStored);
    private Crc32C _crc;
    private int _at;
    private int _end;
    private long _total;
    private bool _isOver;

    /// <summary>Reads the header; disposes of the stream when disposed.</summary>
    /// <exception cref="InvalidDataException">It is no snapshot, of another format, or damaged.</exception>
    /// <exception cref="IOException">The stream fails.</exception>
    public SnapshotFileReader(Stream file)
    {
        _file = file;
        Header = ReadHeader();
    }

    public SnapshotHeader Header { get; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_at == _end && (_isOver || !NextChunk()))
        {
            return 0;
        }

        var count = Math.Min(buffer.Length, _end - _at);
        _raw.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    /// <summary>Reads what is left of the file and checks its end; after this it is known to be whole.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public void Finish()
    {
        while (!_isOver && NextChunk())
        {
            // The checksum is over all of it.
        }

        (_at, _end) = (0, 0);
        if (_file.ReadByte() >= 0)
        {
            throw new InvalidDataException("It is damaged: something follows its end.");
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
            _zstd.Dispose();
            ArrayPool<byte>.Shared.Return(_raw);
            ArrayPool<byte>.Shared.Return(_stored);
        }

        base.Dispose(disposing);
    }

    private SnapshotHeader ReadHeader()
    {
        Span<byte> preamble = stackalloc byte[SnapshotFormat.PreambleBytes];
        Take(preamble);
        var json = new byte[SnapshotFormat.HeaderLength(preamble)];
        Take(json);
        CheckCrc();
        return SnapshotHeader.OfJson(json);
    }

    private bool NextChunk()
    {
        Span<byte> lengths = stackalloc byte[sizeof(int)];
        Take(lengths);
        var stored = BinaryPrimitives.ReadInt32LittleEndian(lengths);
        if (stored == 0)
        {
            CheckEnd();
            return false;
        }

        Take(lengths);
        var raw = BinaryPrimitives.ReadInt32LittleEndian(lengths);
        if (stored < 0 || stored > SnapshotFormat.LongestStored || raw is <= 0 or > SnapshotFormat.ChunkBytes)
        {
            throw new InvalidDataException($"It is damaged: a chunk of {stored} bytes would hold {raw}.");
        }

        Take(_stored.AsSpan(0, stored));
        (_at, _end) = (0, Unpack(stored, raw));
        _total += raw;
        return true;
    }

    private int Unpack(int stored, int raw)
    {
        try
        {
            return _zstd.Unwrap(_stored.AsSpan(0, stored), _raw.AsSpan(0, raw)) == raw
                ? raw
                : throw new InvalidDataException("It is damaged: a chunk holds less than it says.");
        }
        catch (ZstdException broken)
        {
            throw new InvalidDataException("It is damaged: a chunk can't be unpacked.", broken);
        }
    }

    private void CheckEnd()
    {
        _isOver = true;
        Span<byte> total = stackalloc byte[sizeof(long)];
        Take(total);
        if (BinaryPrimitives.ReadInt64LittleEndian(total) != _total)
        {
            throw new InvalidDataException("It is damaged: chunks are missing.");
        }

        CheckCrc();
    }

    private void CheckCrc()
    {
        var expected = _crc.Value;
        Span<byte> said = stackalloc byte[sizeof(uint)];
        Take(said);
        if (BinaryPrimitives.ReadUInt32LittleEndian(said) != expected)
        {
            throw new InvalidDataException("It is damaged: its checksum does not fit.");
        }
    }

    private void Take(Span<byte> bytes)
    {
        try
        {
            _file.ReadExactly(bytes);
        }
        catch (EndOfStreamException early)
        {
            throw new InvalidDataException("It is damaged: it ends too early.", early);
        }

        _crc.Add(bytes);
    }
}
