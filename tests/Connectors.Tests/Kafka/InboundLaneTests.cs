using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>
/// Goal: a purge while a topic is read is seen by whoever takes the records (F4), by the first record behind it and no other.
/// Method: chunks as the reader's thread makes them.
/// </summary>
public sealed class InboundLaneTests
{
    private static readonly Schema One = new([new Field("id", FieldType.Int64, IsKey: true)]);

    [Fact]
    public void Only_the_first_record_behind_a_purge_follows_a_gap_and_a_chunk_used_again_does_not()
    {
        var topic = new InboundTopic(
            0, "in", "c", default, "cq/w", new KafkaType(RecordFormat.Csv), new CsvFormat(), 0, AutogenKey: false, StopsOnPoison: false);
        var lane = new InboundLane(topic, One, start: 0, new EngineMemberLimits());
        Add(lane, 0, 1);
        Assert.Equal([(0, false), (1, false)], Take(lane, 2));

        lane.MeetsGap = true;
        lane.Add(lane.Rent());
        Add(lane, 7, 8);
        Add(lane, 9);
        Assert.Equal([(7, true), (8, false), (9, false)], Take(lane, 3));

        Add(lane, 10, 11);
        Add(lane, 12);
        Add(lane, 13);
        Assert.Equal([(10, false), (11, false), (12, false), (13, false)], Take(lane, 4));
    }

    private static void Add(InboundLane lane, params long[] offsets)
    {
        var chunk = lane.Rent();
        foreach (var offset in offsets)
        {
            chunk.End(offset, bytes: 1, fault: "empty");
        }

        lane.Add(chunk);
    }

    private static List<(long Offset, bool FollowsGap)> Take(InboundLane lane, int count)
    {
        List<(long, bool)> taken = [];
        for (var i = 0; i < count; i++)
        {
            Assert.True(lane.TryPeek(out var record));
            taken.Add((record.Offset, record.FollowsGap));
            lane.Take();
        }

        return taken;
    }
}
