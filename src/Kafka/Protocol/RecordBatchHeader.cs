using System.Buffers.Binary;

namespace Lockstep.Kafka.Protocol;

/// <summary>
/// The header of a record batch (message format 2, Kafka's <c>DefaultRecordBatch</c>), big endian:
/// <code>
///  0 int64 base offset     16 int8  magic       23 int32 last offset delta   43 int64 producer id
///  8 int32 length from 12  17 int32 crc of 21.. 27 int64 base timestamp      51 int16 producer epoch
/// 12 int32 leader epoch    21 int16 attributes  35 int64 largest timestamp   53 int32 base sequence, 57 int32 records
/// </code>
/// </summary>
internal readonly ref struct RecordBatchHeader(ReadOnlySpan<byte> bytes)
{
    internal const int Length = 61;
    internal const int Magic2 = 2;
    private const int LengthEnd = 12;
    private const int AttributesAt = 21;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    internal long BaseOffset => BinaryPrimitives.ReadInt64BigEndian(_bytes);

    /// <summary>All bytes of the batch, this header included.</summary>
    internal int Size => BinaryPrimitives.ReadInt32BigEndian(_bytes[8..]) + LengthEnd;

    internal int Magic => _bytes[16];

    internal long NextOffset => BaseOffset + BinaryPrimitives.ReadInt32BigEndian(_bytes[23..]) + 1;

    internal int Codec => Attributes & 7;

    internal bool IsAppendTime => (Attributes & 8) != 0;

    internal bool IsTransactional => (Attributes & 16) != 0;

    internal bool IsControl => (Attributes & 32) != 0;

    internal long BaseTimestamp => BinaryPrimitives.ReadInt64BigEndian(_bytes[27..]);

    internal long LargestTimestamp => BinaryPrimitives.ReadInt64BigEndian(_bytes[35..]);

    internal long ProducerId => BinaryPrimitives.ReadInt64BigEndian(_bytes[43..]);

    internal int Records => BinaryPrimitives.ReadInt32BigEndian(_bytes[57..]);

    private uint Checksum => BinaryPrimitives.ReadUInt32BigEndian(_bytes[17..]);

    private int Attributes => BinaryPrimitives.ReadInt16BigEndian(_bytes[AttributesAt..]);

    /// <summary>True: the bytes are what was written. Markers of in-memory brokers carry 0 instead of a checksum.</summary>
    internal bool IsIntact(ReadOnlySpan<byte> batch) => Checksum == (IsControl && Checksum == 0 ? 0 : Crc32C.Of(batch[AttributesAt..]));

    /// <summary>Writes the header of a batch whose records follow it; all have the same timestamp.</summary>
    internal static void Write(
        Span<byte> batch, short attributes, long timestamp, long producerId, short epoch, int sequence, int records)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch, 0);
        BinaryPrimitives.WriteInt32BigEndian(batch[8..], batch.Length - LengthEnd);
        BinaryPrimitives.WriteInt32BigEndian(batch[12..], -1);
        batch[16] = Magic2;
        BinaryPrimitives.WriteInt16BigEndian(batch[AttributesAt..], attributes);
        BinaryPrimitives.WriteInt32BigEndian(batch[23..], records - 1);
        BinaryPrimitives.WriteInt64BigEndian(batch[27..], timestamp);
        BinaryPrimitives.WriteInt64BigEndian(batch[35..], timestamp);
        BinaryPrimitives.WriteInt64BigEndian(batch[43..], producerId);
        BinaryPrimitives.WriteInt16BigEndian(batch[51..], epoch);
        BinaryPrimitives.WriteInt32BigEndian(batch[53..], sequence);
        BinaryPrimitives.WriteInt32BigEndian(batch[57..], records);
        BinaryPrimitives.WriteUInt32BigEndian(batch[17..], Crc32C.Of(batch[AttributesAt..]));
    }

    /// <summary>True: the bytes begin with a whole batch; the last one of an answer may be cut off.</summary>
    internal static bool IsWhole(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= Length && new RecordBatchHeader(bytes).Size is var size && size >= Length && size <= bytes.Length;
}
