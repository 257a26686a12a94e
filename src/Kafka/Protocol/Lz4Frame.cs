using System.Buffers.Binary;

namespace Lockstep.Kafka.Protocol;

/// <summary>
/// Unpacks LZ4 frames (lz4 frame format 1.6), as record batches hold them. Checksums inside are not looked at: the batch has one
/// of its own. Bad bytes throw <see cref="ProtocolException"/>, never more.
/// </summary>
internal static class Lz4Frame
{
    private const uint Magic = 0x184D2204;
    private const int LeastMatch = 4;

    /// <summary>Unpacks one frame to the start of a buffer, which is replaced by a larger one when too small.</summary>
    /// <param name="input">The frame.</param>
    /// <param name="output">The buffer.</param>
    /// <param name="most">The largest result that is taken.</param>
    /// <returns>Bytes written.</returns>
    internal static int Unpack(ReadOnlySpan<byte> input, ref byte[] output, int most)
    {
        if (input.Length < 7 || BinaryPrimitives.ReadUInt32LittleEndian(input) != Magic)
        {
            throw new ProtocolException("A batch does not begin with an LZ4 frame.");
        }

        var flags = input[4];
        var blockChecksums = (flags & 0x10) != 0;
        var header = 7 + ((flags & 0x08) != 0 ? 8 : 0) + ((flags & 0x01) != 0 ? 4 : 0);
        var blockSize = 1 << (8 + (2 * (input[5] >> 4 & 7)));
        var rest = Skip(input, header);
        var count = 0;
        while (true)
        {
            var size = BinaryPrimitives.ReadUInt32LittleEndian(Take(rest, 4));
            rest = rest[4..];
            if (size == 0)
            {
                return count;
            }

            var block = Take(rest, (int)(size & int.MaxValue));
            Reserve(ref output, count, blockSize, most);
            count += (int)(size >> 31) == 1 ? Copy(block, output.AsSpan(count)) : UnpackBlock(block, output, count);
            rest = Skip(rest, block.Length + (blockChecksums ? 4 : 0));
        }
    }

    private static int UnpackBlock(ReadOnlySpan<byte> input, byte[] output, int start)
    {
        var (at, to) = (0, start);
        while (at < input.Length)
        {
            var token = input[at++];
            var literals = LengthOf(input, ref at, token >> 4);
            if (literals > input.Length - at || literals > output.Length - to)
            {
                throw Bad();
            }

            input.Slice(at, literals).CopyTo(output.AsSpan(to));
            at += literals;
            to += literals;
            if (at == input.Length)
            {
                break;
            }

            if (input.Length - at < 2)
            {
                throw Bad();
            }

            var distance = BinaryPrimitives.ReadUInt16LittleEndian(input[at..]);
            at += 2;
            var length = LengthOf(input, ref at, token & 15) + LeastMatch;
            if (distance == 0 || distance > to || length > output.Length - to)
            {
                throw Bad();
            }

            CopyMatch(output, to, distance, length);
            to += length;
        }

        return to - start;
    }

    /// <summary>What is copied may reach into what it makes: then it repeats with the distance as its period.</summary>
    private static void CopyMatch(byte[] output, int to, int distance, int length)
    {
        for (var step = distance; length > 0; step *= 2)
        {
            var part = Math.Min(step, length);
            output.AsSpan(to - step, part).CopyTo(output.AsSpan(to));
            to += part;
            length -= part;
            if (part < step)
            {
                return;
            }
        }
    }

    private static int LengthOf(ReadOnlySpan<byte> input, ref int at, int length)
    {
        if (length < 15)
        {
            return length;
        }

        byte more;
        do
        {
            if (at >= input.Length || length > int.MaxValue / 2)
            {
                throw Bad();
            }

            more = input[at++];
            length += more;
        }
        while (more == byte.MaxValue);
        return length;
    }

    private static void Reserve(ref byte[] output, int count, int more, int most)
    {
        if (count + more <= output.Length)
        {
            return;
        }

        if (count > most)
        {
            throw new ProtocolException($"A batch is larger than {most} bytes when unpacked.");
        }

        Array.Resize(ref output, Math.Max(output.Length * 2, count + more));
    }

    private static int Copy(ReadOnlySpan<byte> block, Span<byte> output)
    {
        if (block.Length > output.Length)
        {
            throw Bad();
        }

        block.CopyTo(output);
        return block.Length;
    }

    private static ReadOnlySpan<byte> Take(ReadOnlySpan<byte> bytes, int count) => count <= bytes.Length ? bytes[..count] : throw Bad();

    private static ReadOnlySpan<byte> Skip(ReadOnlySpan<byte> bytes, int count) => count <= bytes.Length ? bytes[count..] : throw Bad();

    private static ProtocolException Bad() => new("An LZ4 block is damaged.");
}
