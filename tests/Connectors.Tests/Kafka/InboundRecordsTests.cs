using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Events;
using Lockstep.Engine.Execution;
using Lockstep.Kafka;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>Goal: records are shown together only where each can be told apart again, and what is read ahead stays bounded. Method: chunks by hand.</summary>
public sealed class InboundRecordsTests
{
    private static readonly InboundTopic Topic =
        new(0, "in", "kafka_IN", default(WindowId), "cq/source", new KafkaType(RecordFormat.Csv), new CsvFormat(), 0, AutogenKey: false, StopsOnPoison: false);

    [Fact]
    public void Records_are_shown_together_up_to_a_bound_an_offset_or_a_fault()
    {
        var lane = Lane();
        // Offsets 10 (2 events), 11 (none), 13 (1), 14 can't be decoded, 15 (1), 16 (1).
        Fill(lane, (10, 2), (11, 0), (13, 1), (14, -1), (15, 1), (16, 1));

        Assert.False(lane.TryPeekSeveral(1, long.MaxValue, out _));
        Assert.False(lane.TryPeekSeveral(10, lastOffset: 10, out _));
        Assert.True(lane.TryPeekSeveral(2, long.MaxValue, out var two));
        Assert.Equal((2, 10, 11), (two.Count, two.FirstOffset, two.LastOffset));
        Assert.True(lane.TryPeekSeveral(10, long.MaxValue, out var three));
        Assert.Equal((3, 10, 13), (three.Count, three.FirstOffset, three.LastOffset));
        Assert.Equal([100, 101, 130], three.Block.ColumnOf<long>(0).Values.ToArray());
        Assert.Equal([2, 2, 3], Enumerable.Range(0, 3).Select(three.RowEndOf));
        lane.Take(three);

        Assert.False(lane.TryPeekSeveral(10, long.MaxValue, out _));
        Assert.True(lane.TryPeek(out var bad));
        Assert.Equal((14, "bad"), (bad.Offset, bad.Fault));
        lane.Take();
        Assert.True(lane.TryPeekSeveral(10, long.MaxValue, out var last));
        Assert.Equal([150, 160], last.Block.ColumnOf<long>(0).Values.ToArray());
        Assert.Equal([1, 2], Enumerable.Range(0, 2).Select(last.RowEndOf));
        lane.Take(last);
        Assert.False(lane.TryPeek(out _));
    }

    [Fact]
    public void What_is_to_be_taken_singly_is_so_until_the_chunk_is_used_up()
    {
        var lane = Lane();
        Fill(lane, (1, 1), (2, 1));
        Fill(lane, (3, 1), (4, 1));
        Assert.True(lane.TryPeekSeveral(10, long.MaxValue, out _));
        lane.TakeSingly();
        for (var offset = 1; offset <= 2; offset++)
        {
            Assert.False(lane.TryPeekSeveral(10, long.MaxValue, out _));
            Assert.True(lane.TryPeek(out var record));
            Assert.Equal(offset, record.Offset);
            lane.Take();
        }

        Assert.True(lane.TryPeekSeveral(10, long.MaxValue, out var next));
        Assert.Equal(3, next.FirstOffset);
    }

    [Fact]
    public void A_record_that_follows_a_gap_is_shown_alone()
    {
        var lane = Lane();
        Fill(lane, (1, 1), (2, 1));
        lane.MeetsGap = true;
        Fill(lane, (7, 1), (8, 1), (9, 1));
        Assert.True(lane.TryPeekSeveral(10, long.MaxValue, out var before));
        lane.Take(before);

        Assert.False(lane.TryPeekSeveral(10, long.MaxValue, out _));
        Assert.True(lane.TryPeek(out var first));
        Assert.Equal((7, true), (first.Offset, first.FollowsGap));
        lane.Take();
        Assert.True(lane.TryPeekSeveral(10, long.MaxValue, out var after));
        Assert.Equal((8, 9), (after.FirstOffset, after.LastOffset));
    }

    [Fact]
    public void Large_blocks_fill_the_lane_by_their_events()
    {
        var lane = Lane(new EngineMemberLimits { PrefetchEvents = 1_000 });
        Fill(lane, (1, 600));
        Assert.False(lane.IsFull);
        Fill(lane, (2, 600));
        Assert.True(lane.IsFull);
        lane.TryPeek(out _);
        lane.Take();
        Assert.False(lane.HasRoom);
        lane.TryPeek(out _);
        lane.Take();
        lane.TryPeek(out _);
        Assert.True(lane.HasRoom);
    }

    private static InboundLane Lane(EngineMemberLimits? limits = null)
    {
        Assert.True(SchemaText.TryParse("id*:int64", out var schema, out _));
        return new InboundLane(Topic, schema!, 0, limits ?? new EngineMemberLimits());
    }

    /// <summary>A chunk of records with so many events each, the first one's value ten times the offset; -1 could not be decoded.</summary>
    private static void Fill(InboundLane lane, params ReadOnlySpan<(long Offset, int Events)> records)
    {
        var chunk = lane.Rent();
        foreach (var (offset, events) in records)
        {
            for (var i = 0; i < events; i++)
            {
                chunk.Block.AppendObjects(Opcode.Insert, EventFlags.None, offset * 10 + i);
            }

            chunk.End(offset, 10, events < 0 ? new KafkaRecord("in", offset, 0, null, [], false, []) : null, events < 0 ? "bad" : null);
        }

        lane.Add(chunk);
    }
}
