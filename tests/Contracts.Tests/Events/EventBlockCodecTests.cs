using System.Buffers;
using System.Diagnostics;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Tests.Golden;

namespace Lockstep.Contracts.Tests.Events;

/// <summary>Goal: a block survives bytes exactly, old bytes stay readable, and no bytes do harm. Method: round trips, golden files, fuzz.</summary>
public sealed class EventBlockCodecTests(ITestOutputHelper output)
{
    [Fact]
    public void A_block_of_every_type_survives()
    {
        var decoded = new EventBlock(Blocks.AllTypes);
        EventBlockCodec.Decode(Encode(Blocks.Sample()), Blocks.AllTypes, decoded);
        Blocks.AssertEqual(Blocks.Sample(), decoded);
    }

    [Fact]
    public void An_empty_block_survives()
    {
        var decoded = Blocks.Sample();
        EventBlockCodec.Decode(Encode(new EventBlock(Blocks.AllTypes)), Blocks.AllTypes, decoded);
        Assert.Equal(0, decoded.Count);
        decoded.Validate();
    }

    [Fact]
    public void Recorded_bytes_are_written_and_read_as_ever()
    {
        GoldenFile.Matches("event-block-v1.bin", Encode(Blocks.Sample()));
        var decoded = new EventBlock(Blocks.AllTypes);
        EventBlockCodec.Decode(GoldenFile.Read("event-block-v1.bin"), Blocks.AllTypes, decoded);
        Blocks.AssertEqual(Blocks.Sample(), decoded);
    }

    [Fact]
    public void Random_blocks_survive()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var decoded = new EventBlock(Blocks.AllTypes);
        for (var i = 0; i < 300; i++)
        {
            var block = RandomBlock(random, random.Next(200));
            EventBlockCodec.Decode(Encode(block), Blocks.AllTypes, decoded);
            Blocks.AssertEqual(block, decoded);
        }
    }

    [Fact]
    public void The_header_can_be_read_alone()
    {
        Assert.Equal(EventBlockError.None, EventBlockCodec.TryPeek(Encode(Blocks.Sample()), out var header));
        Assert.Equal(new EventBlockHeader(1, true, 12, Blocks.AllTypes.Id, 3), header);
    }

    [Fact]
    public void Damage_is_told_apart()
    {
        var bytes = Encode(Blocks.Sample());
        var other = new Schema([new Field("id", FieldType.Int64, IsKey: true)]);
        Assert.Equal(EventBlockError.OtherSchema, EventBlockCodec.TryDecode(bytes, other, new EventBlock(other)));
        Assert.Equal(EventBlockError.Truncated, Decode([]));
        Assert.Equal(EventBlockError.BadMagic, Decode("{\"json\":true}"u8));
        Assert.Equal(EventBlockError.BadChecksum, Decode(bytes.AsSpan(..^1)));
        bytes[30] ^= 1;
        Assert.Equal(EventBlockError.BadChecksum, Decode(bytes));
        bytes[4] = 9;
        Assert.Equal(EventBlockError.UnknownVersion, Decode(bytes));
        var failure = Assert.Throws<EventBlockFormatException>(
            () => EventBlockCodec.Decode(bytes, Blocks.AllTypes, new EventBlock(Blocks.AllTypes)));
        Assert.Equal(EventBlockError.UnknownVersion, failure.Code);
    }

    /// <summary>Mutations carry a right checksum, else all but one in four billion would end there.</summary>
    [Fact]
    public void A_million_mutated_blocks_do_no_harm()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        byte[][] originals = [.. Enumerable.Range(0, 32).Select(i => Encode(RandomBlock(random, i % 12)))];
        var target = new EventBlock(Blocks.AllTypes);
        var counts = new long[Enum.GetValues<EventBlockError>().Length];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        long inputBytes = 0;
        for (var i = 0; i < 1_000_000; i++)
        {
            var original = originals[random.Next(originals.Length)];
            var length = random.Next(8) == 0 ? random.Next(original.Length) : original.Length;
            var mutant = original.AsSpan(0, length).ToArray();
            Mutate(random, mutant);
            inputBytes += mutant.Length;
            var error = EventBlockCodec.TryDecode(mutant, Blocks.AllTypes, target);
            counts[(int)error]++;
            Assert.True(error == EventBlockError.None || target.Count == 0);
        }

        output.WriteLine($"{clock.Elapsed.TotalSeconds:F1} s; {string.Join(", ", counts.Select((c, e) => $"{(EventBlockError)e} {c}"))}");
        var perByte = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / inputBytes;
        Assert.True(perByte < 16 + 8 * Blocks.AllTypes.Fields.Length, $"{perByte} bytes allocated for each byte of input");
        Assert.True(counts[(int)EventBlockError.None] > 0);
        Assert.True(counts.Count(c => c > 0) >= 8);
    }

    private static void Mutate(Random random, byte[] bytes)
    {
        if (bytes.Length < 8)
        {
            return;
        }

        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var at = random.Next(bytes.Length);
            bytes[at] = random.Next(4) switch
            {
                0 => (byte)random.Next(256),
                1 => 0xFF,
                2 => (byte)(bytes[at] ^ 1 << random.Next(8)),
                _ => (byte)(bytes[at] + 1),
            };
        }

        var sum = EventBlockCodec.Checksum(bytes.AsSpan(0, bytes.Length - 4));
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), sum);
    }

    private static EventBlock RandomBlock(Random random, int count)
    {
        var block = new EventBlock(Blocks.AllTypes) { IsTransactional = random.Next(2) == 0 };
        for (var i = 0; i < count; i++)
        {
            object? Maybe(object value) => random.Next(3) == 0 ? null : value;
            block.AppendObjects(
                (Opcode)random.Next(1, 7), (EventFlags)random.Next(4),
                (long)i, Maybe((long)random.Next()), Maybe(random.NextDouble()), Maybe(new string('ä', random.Next(9))),
                Maybe(random.NextInt64()), Maybe(1_700_000_000_000_000L + i), Maybe((decimal)random.Next() / 100), Maybe(new byte[random.Next(9)]),
                Maybe(new long?[random.Next(5)]), Maybe(new long?[] { random.NextInt64(), null }), Maybe(new double?[] { null, random.NextDouble() }),
                null);
        }

        return block;
    }

    private static EventBlockError Decode(ReadOnlySpan<byte> bytes) =>
        EventBlockCodec.TryDecode(bytes, Blocks.AllTypes, new EventBlock(Blocks.AllTypes));

    private static byte[] Encode(EventBlock block)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var length = EventBlockCodec.Encode(block, buffer);
        Assert.Equal(length, buffer.WrittenCount);
        return buffer.WrittenSpan.ToArray();
    }
}
