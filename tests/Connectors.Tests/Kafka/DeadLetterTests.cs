using System.Globalization;
using System.Text;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Failover;
using Lockstep.Kafka;
using Lockstep.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>Records that do not decode, on a real broker: put aside once and whole, or the engine stops there; never skipped silently.</summary>
[Collection(FailoverCluster.Name)]
public sealed class DeadLetterTests(FailoverCluster cluster)
{
    private static readonly KafkaHeader Traced = new("trace", [1, 2, 3]);

    [Theory]
    [InlineData("binary")]
    [InlineData("csv")]
    public async Task A_poison_record_goes_to_the_dead_letter_topic_as_it_was_and_counts_on_every_member(string kafkaType)
    {
        await using var group = await TestGroup.CreateAsync(cluster, model: new TestModel { KafkaType = kafkaType });
        var active = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var standby = await group.Start("b").Run().BecomesAsync(MemberRole.Standby);
        group.Write(records: 30, eventsARecord: 2);
        var poison = kafkaType == "csv" ? Encoding.UTF8.GetBytes("i,n,,1\ni,n,,not a number") : BrokenBlock(group);
        group.WriteRaw(poison, [9, 9], Traced);
        group.Write(records: 30);
        await group.JudgeAsync();

        var letter = Assert.Single(ReadAll(group));
        Assert.Equal(poison, letter.Value);
        Assert.Equal([9, 9], letter.Key);
        Assert.Equal(Traced.Value, letter.Header(Traced.Key));
        Assert.Equal(group.Inbound, Text(letter, "lockstep-topic"));
        Assert.Equal(poison, await RecordAtAsync(group, long.Parse(Text(letter, "lockstep-offset"), CultureInfo.InvariantCulture)));
        Assert.Contains(kafkaType == "csv" ? "Field 4" : "Event block", Text(letter, "lockstep-reason"), StringComparison.Ordinal);
        Assert.Equal(group.Prefix, Text(letter, "lockstep-group"));
        Assert.Equal("1", Text(letter, "lockstep-epoch"));
        foreach (var member in new[] { active, standby })
        {
            await Eventually.TrueAsync(() => member.Status.Poisoned == 1, state: member.Describe);
            var alarm = Assert.Single(member.Status.Alarms, a => a.Code == AlarmCode.DeadLetters);
            Assert.Contains(group.DeadLetters, alarm.Message, StringComparison.Ordinal);
            Assert.True(member.Status.DigestAgrees);
        }
    }

    [Fact]
    public async Task Dead_letters_are_there_once_and_in_order_across_takeovers()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        var active = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var standby = await group.Start("b").Run().BecomesAsync(MemberRole.Standby);
        var poisoned = 0;
        for (var takeover = 0; takeover < 4; takeover++)
        {
            for (var i = 0; i < 25; i++)
            {
                group.Write(records: 8);
                group.WriteRaw(Encoding.UTF8.GetBytes($"poison {poisoned++}"));
            }

            // In the middle of what was just written.
            await active.DisposeAsync();
            active = await standby.BecomesAsync(MemberRole.Active);
            standby = await group.Start(takeover % 2 == 0 ? "a" : "b").Run().BecomesAsync(MemberRole.Standby);
        }

        await group.JudgeAsync();
        Assert.Equal(
            Enumerable.Range(0, poisoned).Select(n => $"poison {n}"), ReadAll(group).Select(r => Encoding.UTF8.GetString(r.Value)));
        Assert.True(standby.Status.DigestAgrees);
    }

    [Fact]
    public async Task With_policy_stop_every_engine_ends_before_the_record_and_with_policy_dlq_the_group_goes_on()
    {
        await using var group = await TestGroup.CreateAsync(cluster, model: new TestModel { OnPoison = "stop" });
        var first = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var second = await group.Start("b").Run().BecomesAsync(MemberRole.Standby);
        group.Write(records: 50);
        await group.JudgeAsync();
        group.WriteRaw(Encoding.UTF8.GetBytes("poison"));
        foreach (var member in new[] { first, second })
        {
            var end = await member.EndsAsync();
            Assert.Equal(FailoverExit.Poisoned, end.Exit);
            Assert.Contains(group.Inbound, end.Reason, StringComparison.Ordinal);
            Assert.Contains("onpoison", end.Reason, StringComparison.Ordinal);
        }

        var judge = await group.JudgeAsync();
        Assert.Equal(50, judge.Events);
        group.Write(records: 50);
        await group.Start("a", o => group.With(o, group.Model with { OnPoison = "dlq" })).Run().BecomesAsync(MemberRole.Active);
        await group.JudgeAsync();
        Assert.Single(ReadAll(group));
    }

    private static byte[] BrokenBlock(TestGroup group)
    {
        var block = new Contracts.Events.EventBlock(group.Project.ContinuousQueries[0].Windows[0].Schema!, 1);
        block.AppendObjects(Contracts.Events.Opcode.Insert, Contracts.Events.EventFlags.None, null, 1L);
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        Contracts.Events.EventBlockCodec.Encode(block, bytes);
        var broken = bytes.WrittenSpan.ToArray();
        broken[^6] ^= 0xFF;
        return broken;
    }

    private static List<KafkaRecord> ReadAll(TestGroup group)
    {
        using var reader = new PartitionReader(
            group.Bus, ReadIsolation.Committed, [new PartitionStart(group.DeadLetters, PartitionStart.Earliest)], NullLogger.Instance);
        var records = new List<KafkaRecord>();
        while (reader.Poll(TimeSpan.FromSeconds(1)) is { } record)
        {
            records.Add(record);
        }

        return records;
    }

    private static async Task<byte[]> RecordAtAsync(TestGroup group, long offset)
    {
        using var reader = new PartitionReader(
            group.Bus, ReadIsolation.Committed, [new PartitionStart(group.Inbound, offset)], NullLogger.Instance);
        return (await Eventually.GetAsync(() => Task.FromResult(reader.Poll(TimeSpan.FromSeconds(1))), r => r is not null))!.Value;
    }

    private static string Text(KafkaRecord record, string header) => Encoding.UTF8.GetString(record.Header(header)!);
}
