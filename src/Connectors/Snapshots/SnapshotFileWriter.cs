using System.Buffers;
using System.Buffers.Binary;
using ZstdSharp;

namespace Lockstep.Connectors.Snapshots;

/// <summary>Writes a snapshot file chunk by chunk; one owner. Leaves the stream open.</summary>
internal sealed class SnapshotFileWriter : IDisposable
{
    // Level 1: the time of the writer's thread counts for more than some bytes of disk.
    private const int Level = 1;

    private const int ChunkHead = 2 * sizeof(int);

    private readonly Stream _file;
    private readonly Compressor _zstd = new(Level);
    private readonly byte[] _stored = ArrayPool<byte>.Shared.Rent(ChunkHead + SnapshotFormat.LongestStored);
    private Crc32C _crc;
    private long _raw;

    /// <summary>Writes everything before the first chunk.</summary>
    /// <exception cref="IOException">The stream fails.</exception>
    public SnapshotFileWriter(Stream file, SnapshotHeader header)
    {
        _file = file;
        Put(SnapshotFormat.Head(header));
    }

    /// <summary>Writes one chunk of 1 to <see cref="SnapshotFormat.ChunkBytes"/>.</summary>
    /// <exception cref="IOException">The stream fails.</exception>
    public void Write(ReadOnlySpan<byte> raw)
    {
        var stored = _zstd.Wrap(raw, _stored.AsSpan(ChunkHead));
        BinaryPrimitives.WriteInt32LittleEndian(_stored, stored);
        BinaryPrimitives.WriteInt32LittleEndian(_stored.AsSpan(sizeof(int)), raw.Length);
        Put(_stored.AsSpan(0, ChunkHead + stored));
        _raw += raw.Length;
    }

    /// <summary>Ends the file.</summary>
    /// <exception cref="IOException">The stream fails.</exception>
    public void Seal()
    {
        Span<byte> end = stackalloc byte[sizeof(int) + sizeof(long) + sizeof(uint)];
        BinaryPrimitives.WriteInt32LittleEndian(end, 0);
        BinaryPrimitives.WriteInt64LittleEndian(end[sizeof(int)..], _raw);
        var crc = _crc;
        crc.Add(end[..^sizeof(uint)]);
        BinaryPrimitives.WriteUInt32LittleEndian(end[^sizeof(uint)..], crc.Value);
        Put(end);
    }

    public void Dispose()
    {
        _zstd.Dispose();
        ArrayPool<byte>.Shared.Return(_stored);
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        _crc.Add(bytes);
        _file.Write(bytes);
    }
}
