using Lockstep.Kafka.InMemory;
using Lockstep.LocalCluster;

namespace Lockstep.Kafka.Tests;

/// <summary>
/// Goal: what the in-memory brokers do, and what they do not do, is as their documentation says. No invariant of the
/// failover rests on them.
/// </summary>
public sealed class MockBrokersTests
{
    [Fact]
    public async Task Topics_transactions_and_readers_work()
    {
        await using var brokers = MockBrokers.Start();
        await using var bus = new TestBus(new KafkaBusOptions { BootstrapServers = brokers.BootstrapServers });
        Assert.True(await bus.Admin.IsInMemoryAsync(TestBus.Cancellation));
        await bus.CreateTopicsAsync();
        var topic = await bus.Admin.DescribeAsync(bus.Outbound, TestBus.Cancellation);
        Assert.Single(topic!.Partitions);
        Assert.Equal(3, (await bus.Admin.DescribeClusterAsync(TestBus.Cancellation)).Brokers.Count);

        var producer = bus.Producer();
        for (byte i = 1; i <= 50; i++)
        {
            Assert.Equal(TransactionResult.Done, bus.Step(producer, i));
        }

        Assert.Equal(Enumerable.Range(1, 50), (await bus.ReadAllAsync()).Select(r => (int)r.Value[0]));

        await bus.Admin.DeleteRecordsAsync(bus.Outbound, 10, TestBus.Cancellation);
        Assert.Equal(6, (await bus.ReadAllAsync())[0].Value[0]);
        Assert.Throws<OffsetGoneException>(() => TopicAdminTests.PollFor(bus.Reader(2)));
        await bus.Admin.DeleteTopicAsync(bus.Outbound, TestBus.Cancellation);
        await bus.Admin.DeleteTopicAsync(bus.Outbound, TestBus.Cancellation);
        Assert.Equal([bus.Journal], await bus.Admin.ListTopicsAsync("", TestBus.Cancellation));
    }

    [Fact]
    public async Task Old_records_are_trimmed_and_the_newest_of_a_quiet_topic_stay()
    {
        await using var brokers = MockBrokers.Start();
        await using var bus = new TestBus(new KafkaBusOptions { BootstrapServers = brokers.BootstrapServers });
        await bus.CreateTopicsAsync();
        var producer = bus.Producer();
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(TransactionResult.Done, bus.Step(producer, 1));
        }

        var trimmer = new LogTrimmer(brokers.BootstrapServers, TimeProvider.System);
        var end = await EndAsync(OffsetEnd.Latest);
        Assert.True(end > 2 * LogTrimmer.KeptOffsets - 1, $"{end} offsets are too few to tell.");
        for (var look = 0; look < LogTrimmer.KeptLooks; look++)
        {
            await trimmer.TrimAsync(bus.Admin, TestBus.Cancellation);
            Assert.Equal(0, await EndAsync(OffsetEnd.Earliest));
        }

        await trimmer.TrimAsync(bus.Admin, TestBus.Cancellation);
        Assert.Equal(end - LogTrimmer.KeptOffsets, await EndAsync(OffsetEnd.Earliest));

        async Task<long> EndAsync(OffsetEnd which) => (await bus.Admin.ListOffsetsAsync(
            [bus.Outbound], which, ReadIsolation.Uncommitted, TestBus.Cancellation))[bus.Outbound];
    }

    [Fact]
    public async Task A_producer_of_slow_brokers_does_not_fence_itself()
    {
        await using var brokers = MockBrokers.Start(brokers: 1);
        await using var bus = new TestBus(new KafkaBusOptions { BootstrapServers = brokers.BootstrapServers });
        await bus.CreateTopicsAsync();
        var producer = bus.Producer();
        Assert.Equal(TransactionResult.Done, bus.Step(producer, 1));

        brokers.Slow(1, TimeSpan.FromMilliseconds(100));
        for (byte i = 2; i <= 4; i++)
        {
            producer.Prepare();
            Assert.Equal(TransactionResult.Done, bus.Step(producer, i));
        }
    }

    [Fact]
    public async Task The_fence_answers_but_a_zombie_still_commits()
    {
        await using var brokers = MockBrokers.Start();
        await using var bus = new TestBus(new KafkaBusOptions { BootstrapServers = brokers.BootstrapServers });
        await bus.CreateTopicsAsync();
        var zombie = bus.Producer();
        Assert.IsType<FenceResult.Fenced>(await bus.Fence.FenceAsync(bus.TransactionalId, TestBus.Limit, TestBus.Cancellation));
        await bus.Fence.NudgeAfterCommitAsync(TestBus.Cancellation);

        Assert.Equal(TransactionResult.Done, bus.Step(zombie, 1));
    }

    [Fact]
    public async Task Aborted_records_are_read_as_if_committed()
    {
        await using var brokers = MockBrokers.Start();
        await using var bus = new TestBus(new KafkaBusOptions { BootstrapServers = brokers.BootstrapServers });
        await bus.CreateTopicsAsync();
        var producer = bus.Producer();
        await bus.LeaveOpenAsync(producer, 66);
        Assert.Equal(TransactionResult.Done, producer.Abort(TestBus.Limit));

        Assert.Equal([66], (await bus.ReadAllAsync()).Select(r => r.Value[0]));
    }

    [Fact]
    public async Task Records_past_five_megabytes_push_out_the_oldest()
    {
        await using var brokers = MockBrokers.Start();
        await using var bus = new TestBus(
            new KafkaBusOptions { BootstrapServers = brokers.BootstrapServers, Compression = "none" });
        await bus.CreateTopicsAsync();
        var producer = bus.Producer();
        for (byte i = 1; i <= 20; i++)
        {
            producer.Begin();
            var value = new byte[500_000];
            value[0] = i;
            producer.Send(bus.Outbound, value);
            Assert.Equal(TransactionResult.Done, producer.Commit(TestBus.Limit));
        }

        var kept = await bus.ReadAllAsync();

        Assert.Equal(20, kept[^1].Value[0]);
        Assert.InRange(kept.Count, 5, 11);
        Assert.Throws<OffsetGoneException>(() => TopicAdminTests.PollFor(bus.Reader(0)));
    }
}
