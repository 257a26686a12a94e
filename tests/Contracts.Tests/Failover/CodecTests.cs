using System.Text;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Contracts.Tests.Golden;

namespace Lockstep.Contracts.Tests.Failover;

/// <summary>Goal: what members write for each other reads back, for ever, and garbage is refused clearly. Method: golden files, mutations.</summary>
public sealed class CodecTests
{
    private static readonly JournalRecord Record = new()
    {
        Epoch = new Epoch(3),
        Sequence = 4711,
        Member = "engine-a",
        ModelDigest = "abc",
        StreamTime = 1_700_000_000_000_000,
        Kind = JournalRecordKind.EpochStart,
        Runs = [new InboundRun(0, 10, 12), new InboundRun(1, 5, 5)],
        Outputs = [new OutboundPosition(0, 99)],
        StateDigest = ulong.MaxValue,
        HandoverTo = "engine-b",
    };

    private static readonly OutboundStamp Stamp = new()
    {
        Group = "kafka1",
        Member = "engine-ä",
        Epoch = new Epoch(3),
        Sequence = 4711,
        StreamTime = -5,
        Runs = [new InboundRun(0, 10, 12), new InboundRun(1, 7, 6)],
        MessageId = new MessageId(1, 12),
        Q = 99,
        IsLast = true,
        Version = "1.2",
    };

    [Fact]
    public void A_journal_record_is_written_as_ever_and_survives()
    {
        var bytes = JournalRecordCodec.Encode(Record);
        GoldenFile.Matches("journal-record.json", bytes);
        var read = JournalRecordCodec.Decode(bytes);
        Assert.Equal(Record.Runs, read.Runs);
        Assert.Equal(Record.Outputs, read.Outputs);
        Assert.Equal(Record, read with { Runs = Record.Runs, Outputs = Record.Outputs });
    }

    [Theory]
    [InlineData(1, 0, 0, false)]
    [InlineData(long.MaxValue, 3, long.MaxValue, true)]
    public void The_stamps_of_a_step_are_written_as_each_would_be_alone(long q, int topic, long offset, bool isLast)
    {
        var writer = new OutboundStampWriter(Stamp);
        var id = new MessageId(topic, offset);
        writer.Write(7, new MessageId(0, 300), !isLast);

        var bytes = writer.Write(q, id, isLast).ToArray();

        Assert.Equal(OutboundStampCodec.Encode(Stamp with { Q = q, MessageId = id, IsLast = isLast }), bytes);
        Assert.True(OutboundStampCodec.TryPeek(bytes, out var epoch, out var peeked, out var group));
        Assert.Equal((3, q, "kafka1"), (epoch, peeked, Encoding.UTF8.GetString(group)));
        for (var length = 0; length < bytes.Length; length++)
        {
            // Cut off anywhere before the group's end it is no stamp; nothing throws.
            OutboundStampCodec.TryPeek(bytes.AsSpan(0, length), out _, out _, out _);
        }

        Assert.False(OutboundStampCodec.TryPeek(bytes.AsSpan(0, 10), out _, out _, out _));
    }

    [Fact]
    public void A_handover_to_another_version_and_its_epoch_start_survive()
    {
        var handover = Record with { Kind = JournalRecordKind.Handover, HandoverDigest = "def" };
        Assert.Equal("def", JournalRecordCodec.Decode(JournalRecordCodec.Encode(handover)).HandoverDigest);
        var start = Record with { Topics = new JournalTopics(["in"], ["out-1", "out-2"]), TakenBack = true };
        var read = JournalRecordCodec.Decode(JournalRecordCodec.Encode(start));
        Assert.True(read.TakenBack);
        Assert.Equal(["in"], read.Topics!.Inbound);
        Assert.Equal(["out-1", "out-2"], read.Topics.Outbound);
    }

    [Fact]
    public void A_journal_record_of_a_newer_writer_reads()
    {
        var read = JournalRecordCodec.Decode(
            """{"new":[{}],"epoch":1,"sequence":2,"member":"m","modelDigest":"d","streamTime":3,"kind":"tick"}"""u8);
        Assert.Equal(JournalRecordKind.Tick, read.Kind);
        Assert.Empty(read.Runs);
        Assert.Null(read.StateDigest);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\u0000\u0001")]
    [InlineData("""{"epoch":1,"sequence":0,"member":"m","modelDigest":"d","streamTime":3,"kind":"tick"}""")]
    [InlineData("""{"epoch":1,"sequence":1,"member":"m","modelDigest":"d","streamTime":3,"kind":"tick","topics":{"inbound":[]}}""")]
    [InlineData("""{"epoch":"1","sequence":1,"member":"m","modelDigest":"d","streamTime":3,"kind":"tick"}""")]
    [InlineData("""{"epoch":1,"sequence":1,"member":null,"modelDigest":"d","streamTime":3,"kind":"tick"}""")]
    [InlineData("""{"epoch":1,"sequence":1,"member":"m","modelDigest":"d","streamTime":3,"kind":"dance"}""")]
    [InlineData("""{"epoch":1,"sequence":1,"member":"m","modelDigest":"d","streamTime":3,"kind":"tick","stateDigest":7}""")]
    [InlineData("""{"epoch":1,"sequence":1,"member":"m","modelDigest":"d","streamTime":3,"kind":"step", """
        + """ "runs":[{"topicIndex":0,"firstOffset":5,"lastOffset":3}]}""")]
    public void Garbage_is_no_journal_record(string text) =>
        Assert.Throws<FormatException>(() => JournalRecordCodec.Decode(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void An_outbound_stamp_is_written_as_ever_and_survives()
    {
        var bytes = OutboundStampCodec.Encode(Stamp);
        GoldenFile.Matches("outbound-stamp-v1.bin", bytes);
        var read = OutboundStampCodec.Decode(bytes);
        Assert.Equal(Stamp.Runs, read.Runs);
        Assert.Equal(Stamp, read with { Runs = Stamp.Runs });
    }

    [Fact]
    public void Damaged_stamps_are_refused_or_read_but_never_harm()
    {
        var bytes = OutboundStampCodec.Encode(Stamp);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.False(OutboundStampCodec.TryDecode(bytes.AsSpan(0, length), out _));
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            for (var value = 0; value < 256; value++)
            {
                var mutant = bytes.ToArray();
                mutant[i] = (byte)value;
                OutboundStampCodec.TryDecode(mutant, out _);
            }
        }

        Assert.Throws<FormatException>(() => OutboundStampCodec.Decode([]));
    }

    [Fact]
    public void A_znode_is_written_as_ever_and_survives()
    {
        var content = new ZnodeContent("engine-a", "i1", MemberRole.Standby, 3, "abc", "http://127.0.0.1:1", 42);
        var bytes = ZnodeContentCodec.Encode(content);
        GoldenFile.Matches("znode.json", bytes);
        Assert.Equal(content, ZnodeContentCodec.Decode(bytes));
        Assert.Throws<FormatException>(() => ZnodeContentCodec.Decode("{}"u8));
    }

    [Fact]
    public void A_supervision_message_is_one_line_and_survives()
    {
        var message = new SupervisionMessage(SupervisionKind.Session, "g", "engine-a", 42, "i1", long.MaxValue, "cGFzcw==");
        var bytes = SupervisionMessageCodec.Encode(message);
        GoldenFile.Matches("supervision.json", bytes);
        Assert.DoesNotContain((byte)'\n', bytes);
        Assert.Equal(message, SupervisionMessageCodec.Decode(bytes));
        Assert.Throws<FormatException>(() => SupervisionMessageCodec.Decode("x"u8));
    }

    [Fact]
    public void A_metadata_record_survives()
    {
        var record = new MetadataRecord(MetadataRecord.KeyOf("p", "cq", "w"), "id*:int64", "abc", "1.0");
        var bytes = MetadataRecordCodec.Encode(record);
        GoldenFile.Matches("metadata.json", bytes);
        Assert.Equal(record, MetadataRecordCodec.Decode(bytes));
        Assert.Throws<FormatException>(() => MetadataRecordCodec.Decode("{}"u8));
    }

    [Fact]
    public void A_source_position_survives_in_both_forms()
    {
        var position = new SourcePosition("8a2f", 123_456, 789);
        GoldenFile.Matches("source-position.txt", SourcePositionCodec.EncodeHeader(position));
        Assert.Equal(position, SourcePositionCodec.DecodeHeader(SourcePositionCodec.EncodeHeader(position)));
        GoldenFile.Matches("source-position.json", SourcePositionCodec.EncodeValue(position));
        Assert.Equal(position, SourcePositionCodec.DecodeValue(SourcePositionCodec.EncodeValue(position)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2 a 1 1")]
    [InlineData("1 a b 1")]
    [InlineData("1 a -1 1")]
    [InlineData("1 a 1")]
    public void Garbage_is_no_source_position(string text)
    {
        Assert.Throws<FormatException>(() => SourcePositionCodec.DecodeHeader(Encoding.UTF8.GetBytes(text)));
        Assert.Throws<FormatException>(() => SourcePositionCodec.DecodeValue(Encoding.UTF8.GetBytes(text)));
    }
}
