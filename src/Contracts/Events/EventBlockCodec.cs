using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Lockstep.Contracts.Events;

/// <summary>
/// Event blocks as bytes (docs/formats/event-block.md): header, opcodes, flags, columns, checksum. Little endian.
/// Decoding any bytes ends in time linear to their length, with memory of at most (16 + 8 * fields) bytes for each of them.
/// </summary>
/// <remarks>
/// <code>
/// 0   4  magic "LSEB"        8   8  schema id        20            n  opcodes
/// 4   1  version 1           16  4  event count n    20 + n        n  flags
/// 5   1  bit 0: transactional                        20 + 2n       columns, one after the other
/// 6   2  field count                                 length - 4    CRC-32C of everything before it
/// </code>
/// </remarks>
public static class EventBlockCodec
{
    /// <summary>Events a block may have.</summary>
    public const int MaxEvents = 1_000_000;

    /// <summary>Bytes of the header, before the opcodes.</summary>
    public const int HeaderLength = 20;

    internal const byte Version = 1;
    private const int ChecksumLength = 4;

    private static ReadOnlySpan<byte> Magic => "LSEB"u8;

    /// <summary>Appends the encoded block to a buffer.</summary>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ArgumentException">The block has more than <see cref="MaxEvents"/> events.</exception>
    /// <exception cref="InvalidOperationException">A column holds another number of values than the block has events.</exception>
    public static int Encode(EventBlock block, IBufferWriter<byte> output)
    {
        block.Validate();
        var count = block.Count;
        if (count > MaxEvents)
        {
            throw new ArgumentException($"A block of {count} events is longer than {MaxEvents}.", nameof(block));
        }

        long bound = HeaderLength + 2L * count + ChecksumLength;
        foreach (var column in block.Columns)
        {
            bound += ColumnEncoder.Bound(column);
        }

        var span = output.GetSpan(checked((int)bound));
        WriteHeader(block, span);
        var at = HeaderLength;
        for (var i = 0; i < count; i++)
        {
            span[at + i] = (byte)block.Opcodes[i];
            span[at + count + i] = (byte)block.Flags[i];
        }

        at += 2 * count;
        foreach (var column in block.Columns)
        {
            at += ColumnEncoder.Write(column, span[at..]);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(span[at..], Checksum(span[..at]));
        output.Advance(at + ChecksumLength);
        return at + ChecksumLength;
    }

    /// <summary>Decodes a block into <paramref name="target"/>, which is cleared first.</summary>
    /// <exception cref="EventBlockFormatException">The bytes are not a block of that schema; the target is empty then.</exception>
    /// <exception cref="ArgumentException">The target has another schema.</exception>
    public static void Decode(ReadOnlySpan<byte> input, Schema schema, EventBlock target)
    {
        var error = TryDecode(input, schema, target);
        if (error != EventBlockError.None)
        {
            throw new EventBlockFormatException(error, input.Length);
        }
    }

    /// <summary>Decodes a block into <paramref name="target"/>, which is cleared first and stays empty on an error.</summary>
    /// <returns>What is wrong, or none.</returns>
    /// <exception cref="ArgumentException">The target has another schema.</exception>
    public static EventBlockError TryDecode(ReadOnlySpan<byte> input, Schema schema, EventBlock target)
    {
        if (!ReferenceEquals(target.Schema, schema) && !target.Schema.Equals(schema))
        {
            throw new ArgumentException("The target block has another schema.", nameof(target));
        }

        target.Clear();
        var error = TryPeek(input, out var header);
        if (error != EventBlockError.None)
        {
            return error;
        }

        if (header.SchemaId != schema.Id || header.FieldCount != schema.Fields.Length)
        {
            return EventBlockError.OtherSchema;
        }

        var body = input[..^ChecksumLength];
        if (Checksum(body) != BinaryPrimitives.ReadUInt32LittleEndian(input[^ChecksumLength..]))
        {
            return EventBlockError.BadChecksum;
        }

        error = DecodeBody(body[HeaderLength..], header, target);
        if (error != EventBlockError.None)
        {
            target.Clear();
        }

        return error;
    }

    /// <summary>Reads only the header; the checksum is not looked at.</summary>
    /// <returns>What is wrong, or none.</returns>
    public static EventBlockError TryPeek(ReadOnlySpan<byte> input, out EventBlockHeader header)
    {
        header = default;
        if (input.Length < Magic.Length || !input[..Magic.Length].SequenceEqual(Magic))
        {
            return input.Length < Magic.Length ? EventBlockError.Truncated : EventBlockError.BadMagic;
        }

        if (input.Length < HeaderLength + ChecksumLength)
        {
            return EventBlockError.Truncated;
        }

        if (input[4] != Version)
        {
            return EventBlockError.UnknownVersion;
        }

        if (input[5] > 1)
        {
            return EventBlockError.BadValue;
        }

        var count = BinaryPrimitives.ReadUInt32LittleEndian(input[16..]);
        if (count > MaxEvents || 2 * count > input.Length - HeaderLength - ChecksumLength)
        {
            return EventBlockError.TooManyEvents;
        }

        header = new EventBlockHeader(input[4], input[5] == 1, BinaryPrimitives.ReadUInt16LittleEndian(input[6..]),
            BinaryPrimitives.ReadUInt64LittleEndian(input[8..]), (int)count);
        return EventBlockError.None;
    }

    private static EventBlockError DecodeBody(ReadOnlySpan<byte> body, EventBlockHeader header, EventBlock target)
    {
        var count = header.EventCount;
        var opcodes = body[..count];
        var flags = body.Slice(count, count);
        if (opcodes.ContainsAnyExceptInRange((byte)Opcode.Insert, (byte)Opcode.SafeDelete)
            || flags.ContainsAnyExceptInRange((byte)0, (byte)(EventFlags.PartialUpdate | EventFlags.Retention)))
        {
            return EventBlockError.BadValue;
        }

        var rest = body[(2 * count)..];
        foreach (var column in target.Columns)
        {
            var error = ColumnDecoder.Read(ref rest, count, column);
            if (error != EventBlockError.None)
            {
                return error;
            }
        }

        if (rest.Length != 0)
        {
            return EventBlockError.TrailingBytes;
        }

        target.FillEvents(opcodes, flags);
        target.IsTransactional = header.IsTransactional;
        return EventBlockError.None;
    }

    private static void WriteHeader(EventBlock block, Span<byte> span)
    {
        Magic.CopyTo(span);
        span[4] = Version;
        span[5] = block.IsTransactional ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(span[6..], checked((ushort)block.Columns.Length));
        BinaryPrimitives.WriteUInt64LittleEndian(span[8..], block.Schema.Id);
        BinaryPrimitives.WriteUInt32LittleEndian(span[16..], (uint)block.Count);
    }

    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
