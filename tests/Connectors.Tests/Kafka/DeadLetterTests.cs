using System.Globalization;
using System.Text;
using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Failover;
using Lockstep.Kafka;
using Lockstep.Kafka.InMemory;
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

        var letter = Assert.Single(await ReadAllAsync(group));
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
            Enumerable.Range(0, poisoned).Select(n => $"poison {n}"), (await ReadAllAsync(group)).Select(r => Encoding.UTF8.GetString(r.Value)));
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
        Assert.Single(await ReadAllAsync(group));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(0)]
    public async Task A_torn_step_is_repeated_without_the_dead_letters_that_are_there(int records)
    {
        // Brokers in memory don't fence: outputs and letters come first, then the journal record. The active dies between the two.
        await using var brokers = MockBrokers.Start(brokers: 1);
        await using var group = await TestGroup.CreateAsync(cluster, new KafkaBusOptions { BootstrapServers = brokers.BootstrapServers });
        using var held = new ManualResetEventSlim();
        using var torn = new ManualResetEventSlim();
        using var resumed = new ManualResetEventSlim();
        for (var i = 0; i < 8; i++)
        {
            group.Write(records);
            group.WriteRaw(Encoding.UTF8.GetBytes($"poison {i}"));
        }

        var sent = 0L;
        var dying = group.Start("a");
        dying.Member.BeforeSend = commit =>
        {
            if (commit.DeadLetters.Length > 0 && sent == commit.Record.Sequence)
            {
                torn.Set();
                held.Wait(TimeSpan.FromMinutes(1));
                resumed.Set();
                throw new KafkaFaultException("test", new KafkaFault(KafkaFaultKind.Retry, "Test", "It has died."));
            }

            sent = commit.Record.Sequence;
        };
        dying.Run();
        await Eventually.TrueAsync(() => torn.IsSet, state: dying.Describe);
        var letters = (await ReadAllAsync(group)).Count;
        Assert.NotEqual(0, letters);
        await dying.DisposeAsync();

        var next = await group.Start("b").Run().BecomesAsync(MemberRole.Active);
        group.Write(records: 1);
        await group.JudgeAsync();
        held.Set();
        await Eventually.TrueAsync(() => resumed.IsSet);
        Assert.Equal(Enumerable.Range(0, 8).Select(n => $"poison {n}"), (await ReadAllAsync(group)).Select(r => Encoding.UTF8.GetString(r.Value)));
        Assert.Equal(letters, next.Lines.Count(l => l.Contains("not written there again", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Dead_letters_that_lie_there_without_a_journal_record_are_not_written_again_and_those_of_another_group_do_not_count()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        var first = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        group.Write(records: 30);
        await group.JudgeAsync();
        await first.Member.StopAsync(TestGroup.Cancellation);
        await first.EndsAsync();

        byte[][] poison = [.. Enumerable.Range(0, 4).Select(n => Encoding.UTF8.GetBytes($"poison {n}"))];
        foreach (var value in poison)
        {
            group.WriteRaw(value, [7]);
        }

        var offsets = await OffsetsAsync(group, poison);
        await group.Admin.EnsureTopicAsync(new TopicSpec(group.DeadLetters), TestGroup.Cancellation);
        var own = GroupTopics.Of(group.Project, first.Engine, null);
        var foreign = own with { Group = "another" };
        Leave(group, own, offsets[0], poison[0]);
        Leave(group, own, offsets[1], poison[1]);
        Leave(group, foreign, offsets[2], poison[2]);
        Leave(group, own, offsets[3], "of an earlier life of the topic"u8.ToArray());

        await group.Start("b").Run().BecomesAsync(MemberRole.Active);
        group.Write(records: 1);
        await group.JudgeAsync();
        Assert.Equal(
            ["poison 0", "poison 1", "of an earlier life of the topic", "poison 2", "poison 3"],
            (await ReadAllAsync(group)).Where(r => Text(r, "lockstep-group") == own.Group).Select(r => Encoding.UTF8.GetString(r.Value)));
    }

    private static void Leave(TestGroup group, GroupTopics topics, long offset, byte[] value)
    {
        using var producer = new TransactionalProducer(group.Bus, topics.TransactionalId, TimeProvider.System, NullLogger.Instance);
        Assert.True(producer.InitTransactions(TimeSpan.FromSeconds(30)).IsDone);
        Assert.True(producer.Begin().IsDone);
        var record = new JournalRecord
        {
            Epoch = new Epoch(1),
            Sequence = 1000,
            Member = "a",
            ModelDigest = "test",
            StreamTime = 0,
            Kind = JournalRecordKind.Step,
        };
        DeadLetterRecord.Send(producer, topics, record, new DeadLetter(0, offset, value, "test") { Key = new byte[] { 7 } });
        Assert.True(producer.Commit(TimeSpan.FromSeconds(30)).IsDone);
    }

    private static async Task<long[]> OffsetsAsync(TestGroup group, byte[][] values)
    {
        using var reader = new PartitionReader(
            group.Bus, ReadIsolation.Committed, [new PartitionStart(group.Inbound, PartitionStart.Earliest)], NullLogger.Instance);
        var offsets = new long[values.Length];
        await Eventually.TrueAsync(() =>
        {
            if (reader.Poll(TimeSpan.FromMilliseconds(100)) is { } record && Array.FindIndex(values, record.Value.SequenceEqual) is >= 0 and var at)
            {
                offsets[at] = record.Offset;
            }

            return offsets.All(o => o > 0);
        });
        return offsets;
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

    private static async Task<List<KafkaRecord>> ReadAllAsync(TestGroup group)
    {
        var ends = await group.Admin.ListOffsetsAsync([group.DeadLetters], OffsetEnd.Latest, ReadIsolation.Uncommitted, TestGroup.Cancellation);
        using var reader = new PartitionReader(
            group.Bus, ReadIsolation.Committed, [new PartitionStart(group.DeadLetters, PartitionStart.Earliest)], NullLogger.Instance);
        var records = new List<KafkaRecord>();
        await Eventually.TrueAsync(() =>
        {
            while (reader.Poll(TimeSpan.FromMilliseconds(100)) is { } record)
            {
                records.Add(record);
            }

            return reader.PositionOf(group.DeadLetters) >= ends[group.DeadLetters];
        });
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
