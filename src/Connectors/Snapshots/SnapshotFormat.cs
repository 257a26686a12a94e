using System.Buffers.Binary;
using ZstdSharp;

namespace Lockstep.Connectors.Snapshots;

/// <summary>
/// A snapshot file, little endian (docs/formats/snapshot.md):
/// <code>
/// 0     6  "LSSNAP"
/// 6     2  version
/// 8     4  length n of the header, 1 to 1 MiB
/// 12    n  header, UTF-8 JSON
/// 12+n  4  CRC-32C of everything before
/// then chunks: u32 stored bytes s, u32 raw bytes r (1 to 1 MiB), s bytes: one zstd frame of r bytes
/// end:         u32 0, u64 raw bytes of all chunks, u32 CRC-32C of everything before
/// </code>
/// The raw bytes are the engine's own sealed state.
/// </summary>
internal static class SnapshotFormat
{
    public const ushort Version = 2;

    /// <summary>Raw bytes of one chunk at most.</summary>
    public const int ChunkBytes = 1024 * 1024;

    public const int LongestHeader = 1024 * 1024;

    /// <summary>Bytes before the header.</summary>
    public const int PreambleBytes = 12;

    /// <summary>Stored bytes of one chunk at most.</summary>
    public static readonly int LongestStored = Compressor.GetCompressBound(ChunkBytes);

    public static ReadOnlySpan<byte> Magic => "LSSNAP"u8;

    /// <summary>Everything up to the first chunk.</summary>
    public static byte[] Head(SnapshotHeader header)
    {
        var json = header.ToJson();
        var head = new byte[PreambleBytes + json.Length + sizeof(uint)];
        Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(Magic.Length), Version);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(PreambleBytes - sizeof(int)), json.Length);
        json.CopyTo(head, PreambleBytes);
        var crc = default(Crc32C);
        crc.Add(head.AsSpan(0, head.Length - sizeof(uint)));
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(head.Length - sizeof(uint)), crc.Value);
        return head;
    }

    /// <summary>The header's length, from the preamble.</summary>
    /// <exception cref="InvalidDataException">It is no snapshot, or one of another version.</exception>
    public static int HeaderLength(ReadOnlySpan<byte> preamble)
    {
        if (!preamble.StartsWith(Magic))
        {
            throw new InvalidDataException("It is no snapshot.");
        }

        var version = BinaryPrimitives.ReadUInt16LittleEndian(preamble[Magic.Length..]);
        if (version != Version)
        {
            throw new InvalidDataException($"It is of format {version}; this version of the product reads {Version}.");
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(preamble[(PreambleBytes - sizeof(int))..]);
        return length is > 0 and <= LongestHeader
            ? length
            : throw new InvalidDataException($"It is damaged: its header would have {length} bytes.");
    }
}
