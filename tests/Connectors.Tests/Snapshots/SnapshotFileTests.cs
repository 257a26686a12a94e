using Lockstep.Connectors.Snapshots;
using Lockstep.TestKit;

namespace Lockstep.Connectors.Tests.Snapshots;

/// <summary>The format of docs/formats/snapshot.md: what is written is read, what was written once stays readable, damage is found.</summary>
public sealed class SnapshotFileTests
{
    private const string GoldenName = "snapshot-v2.snap";

    private static string GoldenPath => Path.Combine(Checkout.Root, "tests", "Connectors.Tests", "Golden", GoldenName);

    [Fact]
    public void State_of_many_chunks_comes_back_as_it_was()
    {
        var engine = StateModel.Holding(rows: 60_000);
        var bytes = Bytes(engine);
        var raw = new MemoryStream();
        engine.WriteSnapshot(raw);
        Assert.InRange(raw.Length, 3 * SnapshotFormat.ChunkBytes, long.MaxValue);
        Assert.InRange(bytes.Length, 1, raw.Length / 2);

        var copy = StateModel.NewEngine();
        using var reader = new SnapshotFileReader(new MemoryStream(bytes));
        copy.RestoreSnapshot(reader);
        reader.Finish();
        Assert.Equal(engine.Digest(), copy.Digest());
        Assert.Equal(StateModel.HeaderOf(engine) with { InboundNext = [], LastQ = [] }, reader.Header with { InboundNext = [], LastQ = [] });
        Assert.Equal([17, 99], reader.Header.InboundNext);
        Assert.Equal([1234], reader.Header.LastQ);
    }

    /// <summary>The recorded file is read byte by byte as the page says, and today's writer begins with the very same bytes.</summary>
    [Fact]
    public void A_file_written_once_stays_readable()
    {
        var engine = StateModel.Holding(rows: 5);
        if (!File.Exists(GoldenPath))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(GoldenPath)!);
            File.WriteAllBytes(GoldenPath, Bytes(engine));
            Assert.Fail($"Golden file {GoldenName} did not exist; it has been written.");
        }

        var golden = File.ReadAllBytes(GoldenPath);
        var copy = StateModel.NewEngine();
        using var reader = new SnapshotFileReader(new MemoryStream(golden));
        copy.RestoreSnapshot(reader);
        reader.Finish();
        Assert.Equal(reader.Header.StateDigest, SnapshotHeader.Hex(copy.Digest()));
        Assert.Equal(engine.Digest(), copy.Digest());

        var head = SnapshotFormat.Head(StateModel.HeaderOf(engine));
        Assert.Equal("4C53534E4150" + "0200", Convert.ToHexString(golden.AsSpan(0, 8)));
        Assert.Equal(Convert.ToHexString(head), Convert.ToHexString(golden.AsSpan(0, head.Length)));
        // A zstd frame begins with this number (RFC 8878, 3.1.1) behind the chunk's two lengths.
        Assert.Equal("28B52FFD", Convert.ToHexString(golden.AsSpan(head.Length + 8, 4)));
        Assert.Equal("00000000", Convert.ToHexString(golden.AsSpan(golden.Length - 16, 4)));
    }

    [Fact]
    public void Every_flipped_bit_and_every_cut_is_found()
    {
        var bytes = Bytes(StateModel.Holding(rows: 20));
        for (var i = 0; i < bytes.Length; i++)
        {
            var flipped = (byte[])bytes.Clone();
            flipped[i] ^= 0x10;
            Assert.Throws<InvalidDataException>(() => ReadAll(flipped));
            Assert.Throws<InvalidDataException>(() => ReadAll(bytes[..i]));
        }

        Assert.Throws<InvalidDataException>(() => ReadAll([.. bytes, 0]));
        ReadAll(bytes);
    }

    [Fact]
    public void A_file_of_another_version_says_so()
    {
        var bytes = Bytes(StateModel.Holding(rows: 1));
        bytes[6] = 9;
        Assert.Contains("It is of format 9", Assert.Throws<InvalidDataException>(() => ReadAll(bytes)).Message, StringComparison.Ordinal);
    }

    internal static byte[] Bytes(Lockstep.Engine.Execution.ProjectEngine engine)
    {
        var queue = new ChunkQueue();
        var file = new MemoryStream();
        engine.WriteSnapshot(queue);
        queue.Complete();
        using var writer = new SnapshotFileWriter(file, StateModel.HeaderOf(engine));
        queue.Drain((chunk, _) => writer.Write(chunk));
        writer.Seal();
        return file.ToArray();
    }

    private static void ReadAll(byte[] bytes)
    {
        using var reader = new SnapshotFileReader(new MemoryStream(bytes));
        reader.CopyTo(Stream.Null);
        reader.Finish();
    }
}
