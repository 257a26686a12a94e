using Lockstep.Contracts.Api;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Manager.Web.Failovers;

namespace Lockstep.Manager.Web.Tests.Failovers;

/// <summary>What reading an outbound topic around a switch says; records as <c>epoch/q/id</c>, all in order of offset.</summary>
public sealed class TopicJudgeTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("7/1/1 7/2/2 8/3/3 8/4/4", "clean", 0, 0, 0)]
    [InlineData("7/1/1 7/2/2 8/4/3", "broken", 1, 0, 0)]
    [InlineData("7/1/1 7/2/2 8/2/2 8/3/3", "broken", 0, 1, 0)]
    [InlineData("7/1/1 7/2/5 8/3/4", "broken", 0, 0, 1)]
    [InlineData("7/1/1 8/2/2 7/3/3", "broken", 0, 0, 1)]
    [InlineData("7/1/1 7/2/1 8/3/1 8/4/2", "clean", 0, 0, 0)]
    [InlineData("7/1/1 7/2/2", "quiet", 0, 0, 0)]
    [InlineData("8/9/9 8/10/10", "unknown", 0, 0, 0)]
    [InlineData("", "quiet", 0, 0, 0)]
    public void Gaps_repeats_and_records_that_go_back_are_found(string records, string verdict, long lost, long duplicated, long outOfOrder)
    {
        var result = Judge(records).Result();

        Assert.Equal((verdict, lost, duplicated, outOfOrder), (result.Verdict, result.Lost, result.Duplicated, result.OutOfOrder));
    }

    [Fact]
    public void The_ids_on_both_sides_the_range_and_the_silence_are_told()
    {
        var result = Judge("7/1/1 7/2/2 8/3/3 8/4/4").Result();

        Assert.Equal((2L, "0:2", "engine-7"), (result.LastBefore!.Q, result.LastBefore.MessageId, result.LastBefore.Member));
        Assert.Equal((3L, "0:3", "engine-8"), (result.FirstAfter!.Q, result.FirstAfter.MessageId, result.FirstAfter.Member));
        Assert.Equal(new CheckedRange(0, 6, 1, 4, 4), result.Range);
        Assert.Equal(20, result.SilenceMs);
    }

    [Fact]
    public void A_record_of_a_foreign_writer_breaks_the_verdict()
    {
        var judge = Judge("7/1/1 8/2/2");
        judge.Take(9, Start, null);

        Assert.Equal("broken", judge.Result().Verdict);
    }

    private static TopicJudge Judge(string records)
    {
        var judge = new TopicJudge("t", 8);
        var i = 0;
        foreach (var record in records.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = record.Split('/').Select(long.Parse).ToArray();
            judge.Take(i * 2, Start.AddMilliseconds(20 * i), new OutboundStamp
            {
                Group = "g",
                Member = $"engine-{parts[0]}",
                Epoch = new Epoch(parts[0]),
                Sequence = i,
                StreamTime = 0,
                MessageId = new MessageId(0, parts[2]),
                Q = parts[1],
            });
            i++;
        }

        return judge;
    }
}
