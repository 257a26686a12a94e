using Lockstep.TestKit;

namespace Lockstep.Kafka.Tests;

/// <summary>Goal: topics are made and checked as asked. Method: real brokers of both modes.</summary>
public sealed class TopicAdminTests(Clusters clusters)
{
    [Theory]
    [InlineData(KafkaMode.ZooKeeper)]
    [InlineData(KafkaMode.Kraft)]
    public async Task A_missing_topic_is_created_with_one_partition_and_its_settings(KafkaMode mode)
    {
        await using var bus = await clusters.UseAsync(mode);
        Assert.Null(await bus.Admin.DescribeAsync(bus.Journal, TestBus.Cancellation));
        var spec = new TopicSpec(bus.Journal)
        {
            Retention = TimeSpan.FromHours(2),
            Compacted = true,
            Settings = new Dictionary<string, string> { ["max.message.bytes"] = "3000000" },
        };

        Assert.Empty(await bus.Admin.EnsureTopicAsync(spec, TestBus.Cancellation));
        Assert.Empty(await bus.Admin.EnsureTopicAsync(spec, TestBus.Cancellation));

        var topic = await bus.Admin.DescribeAsync(bus.Journal, TestBus.Cancellation);
        Assert.NotNull(topic);
        var partition = Assert.Single(topic.Partitions);
        Assert.Equal([0], partition.Replicas);
        Assert.Equal([0], partition.InSync);
        Assert.Equal(0, partition.Leader);
        Assert.Equal((0, 0), (partition.FirstOffset, partition.EndOffset));
        Assert.Equal("7200000", topic.Settings["retention.ms"]);
        Assert.Equal("compact", topic.Settings["cleanup.policy"]);
        Assert.Equal("3000000", topic.Settings["max.message.bytes"]);
        Assert.Equal([bus.Journal], await bus.Admin.ListTopicsAsync(bus.Prefix, TestBus.Cancellation));
    }

    [Theory]
    [InlineData(KafkaMode.ZooKeeper)]
    [InlineData(KafkaMode.Kraft)]
    public async Task A_topic_that_is_not_as_asked_is_told_in_full(KafkaMode mode)
    {
        await using var bus = await clusters.UseAsync(mode);
        await bus.Admin.EnsureTopicAsync(
            new TopicSpec(bus.Journal) { Retention = TimeSpan.FromMinutes(1), Compacted = true }, TestBus.Cancellation);

        var problems = await bus.Admin.EnsureTopicAsync(
            new TopicSpec(bus.Journal) { Retention = TopicSpec.KeepForever, Replication = 3 }, TestBus.Cancellation);

        Assert.Equal(["replication", "retention", "cleanup"], problems.Select(p => p.Code));
        Assert.Equal([false, false, true], problems.Select(p => p.IsBlocking));
    }

    [Theory]
    [InlineData(KafkaMode.ZooKeeper)]
    [InlineData(KafkaMode.Kraft)]
    public async Task Members_that_create_a_topic_at_once_all_find_it(KafkaMode mode)
    {
        await using var bus = await clusters.UseAsync(mode);
        var all = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ =>
            bus.Admin.EnsureTopicAsync(new TopicSpec(bus.Outbound), TestBus.Cancellation)));
        Assert.All(all, Assert.Empty);
    }

    [Theory]
    [InlineData(KafkaMode.ZooKeeper)]
    [InlineData(KafkaMode.Kraft)]
    public async Task Trimmed_records_are_gone_and_a_deleted_topic_too(KafkaMode mode)
    {
        await using var bus = await clusters.UseAsync(mode);
        await bus.CreateTopicsAsync();
        var producer = bus.Producer();
        for (byte i = 1; i <= 5; i++)
        {
            bus.Step(producer, i);
        }

        await bus.Admin.DeleteRecordsAsync(bus.Outbound, 4, TestBus.Cancellation);

        var first = await bus.Admin.ListOffsetsAsync(
            [bus.Outbound, bus.Journal], OffsetEnd.Earliest, ReadIsolation.Committed, TestBus.Cancellation);
        Assert.Equal(4, first[bus.Outbound]);
        Assert.Equal(0, first[bus.Journal]);
        Assert.Equal([3, 4, 5], (await bus.ReadAllAsync()).Select(r => r.Value[0]));
        var gone = Assert.Throws<OffsetGoneException>(() => PollFor(bus.Reader(1)));
        Assert.Equal((bus.Outbound, 1), (gone.Topic, gone.Offset));
        Assert.Throws<OffsetGoneException>(() => PollFor(bus.Reader(1_000_000)));

        await bus.Admin.DeleteTopicAsync(bus.Outbound, TestBus.Cancellation);
        await bus.Admin.DeleteTopicAsync(bus.Outbound, TestBus.Cancellation);
        await Eventually.TrueAsync(async () =>
            await bus.Admin.DescribeAsync(bus.Outbound, TestBus.Cancellation) is null);
    }

    [Theory]
    [InlineData(KafkaMode.ZooKeeper)]
    [InlineData(KafkaMode.Kraft)]
    public async Task The_cluster_tells_its_brokers_and_its_age(KafkaMode mode)
    {
        await using var bus = await clusters.UseAsync(mode);
        Assert.True(await bus.Admin.IsReachableAsync(TestBus.Limit, TestBus.Cancellation));
        Assert.False(await bus.Admin.IsInMemoryAsync(TestBus.Cancellation));
        var cluster = await bus.Admin.DescribeClusterAsync(TestBus.Cancellation);
        var broker = Assert.Single(cluster.Brokers);
        Assert.Equal(bus.Options.BootstrapServers, $"{broker.Host}:{broker.Port}");
        Assert.NotEmpty(cluster.ClusterId);
        var version = await BrokerVersion.CheckAsync(bus.Options, TestBus.Cancellation);
        Assert.True(version.Age == BrokerAge.NewEnough, version.Reason);
    }

    internal static void PollFor(PartitionReader reader)
    {
        for (var i = 0; i < 200; i++)
        {
            reader.Poll(TimeSpan.FromMilliseconds(100));
        }
    }
}
