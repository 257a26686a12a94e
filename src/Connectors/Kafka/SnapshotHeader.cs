using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lockstep.Contracts.Failover;
using Lockstep.Failover;

namespace Lockstep.Connectors.Kafka;

/// <summary>What stands before the engine's state in a snapshot file: where in the journal it was taken.</summary>
internal sealed record SnapshotHeader
{
    /// <summary>Version of this format.</summary>
    public const int CurrentVersion = 1;

    private const int LongestHeader = 1024 * 1024;

    public required int Version { get; init; }

    public required string Group { get; init; }

    public required string ModelDigest { get; init; }

    public required long Sequence { get; init; }

    public required long Epoch { get; init; }

    public required string Member { get; init; }

    public required long StreamTime { get; init; }

    /// <summary>Offset of the journal record with <see cref="Sequence"/>.</summary>
    public required long JournalOffset { get; init; }

    public required ImmutableArray<long> InboundNext { get; init; }

    public required ImmutableArray<long> LastQ { get; init; }

    public required ulong StateDigest { get; init; }

    [JsonIgnore]
    public JournalCursor Cursor => new()
    {
        Sequence = Sequence,
        Epoch = new Epoch(Epoch),
        Member = Member,
        StreamTime = StreamTime,
        InboundNext = InboundNext,
        LastQ = LastQ,
    };

    public static SnapshotHeader Of(string group, string modelDigest, JournalCursor cursor, long journalOffset, ulong digest) => new()
    {
        Version = CurrentVersion,
        Group = group,
        ModelDigest = modelDigest,
        Sequence = cursor.Sequence,
        Epoch = cursor.Epoch.Value,
        Member = cursor.Member,
        StreamTime = cursor.StreamTime,
        JournalOffset = journalOffset,
        InboundNext = cursor.InboundNext,
        LastQ = cursor.LastQ,
        StateDigest = digest,
    };

    /// <summary>Writes length (4 bytes, little endian) and JSON.</summary>
    public void Write(Stream stream)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(this);
        Span<byte> length = stackalloc byte[sizeof(int)];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(length, json.Length);
        stream.Write(length);
        stream.Write(json);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is no snapshot.</exception>
    /// <exception cref="IOException">The stream ends early or fails.</exception>
    public static SnapshotHeader Read(Stream stream)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        stream.ReadExactly(length);
        var count = System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(length);
        if (count is <= 0 or > LongestHeader)
        {
            throw new InvalidDataException("Not a snapshot: its header's length is out of bounds.");
        }

        var json = new byte[count];
        stream.ReadExactly(json);
        try
        {
            var header = JsonSerializer.Deserialize<SnapshotHeader>(json);
            return header is { Version: CurrentVersion }
                ? header
                : throw new InvalidDataException($"Snapshot format {header?.Version} is not known here.");
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException("Not a snapshot: its header can't be read.", broken);
        }
    }
}
