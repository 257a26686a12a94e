using Lockstep.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Kafka.Tests;

/// <summary>Goal: a takeover learns how far it has to read. Method: real brokers of both modes, compared with the client's answers.</summary>
public sealed class CommittedEndsTests(Clusters clusters)
{
    [Theory]
    [InlineData(KafkaMode.ZooKeeper)]
    [InlineData(KafkaMode.Kraft)]
    public async Task After_a_fence_the_end_passes_the_aborted_records_and_reading_goes_to_the_last_committed_one(KafkaMode mode)
    {
        await using var bus = await clusters.UseAsync(mode);
        await bus.CreateTopicsAsync();
        var producer = bus.Producer();
        Assert.Equal(TransactionResult.Done, bus.Step(producer, 1));
        Assert.Equal(TransactionResult.Done, bus.Step(producer, 2));
        await bus.LeaveOpenAsync(producer, 66);
        await using var ends = new CommittedEnds(bus.Options, [bus.Outbound, bus.Journal], NullLogger.Instance);
        Assert.True(await ends.WarmUpAsync(TestBus.Limit, TestBus.Cancellation));

        // Records at 0 and 2, markers at 1 and 3; the open transaction at 4 holds the end back.
        Assert.Equal(new CommittedEnd(4, 3), (await AskAsync(0))[bus.Outbound]);
        Assert.IsType<FenceResult.Fenced>(await bus.Fence.FenceAsync(bus.TransactionalId, TestBus.Limit, TestBus.Cancellation));
        await Eventually.TrueAsync(async () => await bus.EndAsync(ReadIsolation.Committed) == 6);

        Assert.Equal(new CommittedEnd(6, 3), (await AskAsync(0))[bus.Outbound]);
        Assert.Equal(new CommittedEnd(6, 3), (await AskAsync(3))[bus.Outbound]);
        Assert.Equal(new CommittedEnd(6, 6), (await AskAsync(6))[bus.Outbound]);
        Assert.Equal(new CommittedEnd(6, 6), (await AskAsync(-1))[bus.Outbound]);

        async Task<IReadOnlyDictionary<string, CommittedEnd>> AskAsync(long read) => await ends.AskAsync(
            new Dictionary<string, long> { [bus.Outbound] = read, [bus.Journal] = 0 }, TestBus.Limit, TestBus.Cancellation);
    }

    [Fact]
    public async Task A_topic_that_does_not_exist_is_said()
    {
        await using var bus = await clusters.UseAsync(KafkaMode.Kraft);
        await using var ends = new CommittedEnds(bus.Options, [bus.Prefix + ".none"], NullLogger.Instance);
        Assert.False(await ends.WarmUpAsync(TestBus.Limit, TestBus.Cancellation));
        var refused = await Assert.ThrowsAsync<KafkaFaultException>(() => ends.AskAsync(
            new Dictionary<string, long> { [bus.Prefix + ".none"] = 0 }, TestBus.Limit, TestBus.Cancellation));
        Assert.Equal(bus.Prefix + ".none", refused.Subject);
    }
}
