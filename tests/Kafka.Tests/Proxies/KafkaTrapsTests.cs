using Lockstep.TestKit;
using Lockstep.TestKit.Proxies;

namespace Lockstep.Kafka.Tests.Proxies;

/// <summary>
/// Goal: one client's way to real brokers can be faulted while others go straight, down to single requests. Method: a
/// producer behind a proxy, readers and a fence beside it.
/// </summary>
public sealed class KafkaTrapsTests(Clusters clusters)
{
    private static readonly TimeSpan ShortLimit = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(KafkaMode.ZooKeeper)]
    [InlineData(KafkaMode.Kraft)]
    public async Task A_client_that_begins_behind_the_proxy_stays_behind_it(KafkaMode mode)
    {
        await using var bus = await clusters.UseAsync(mode);
        await bus.CreateTopicsAsync();
        await using var behind = clusters.BehindProxy(mode, bus, out var proxy);
        Assert.Equal(TransactionResult.Done, behind.Step(behind.Producer(), 1));
        var cluster = await behind.Admin.DescribeClusterAsync(TestBus.Cancellation);
        Assert.Equal(proxy.Addresses, string.Join(',', cluster.Brokers.Select(b => $"{b.Host}:{b.Port}")));
        Assert.All(
            [KafkaApi.Metadata, KafkaApi.InitProducerId, KafkaApi.Produce, KafkaApi.EndTxn],
            api => Assert.True(proxy.Kafka.Seen(api) > 0, api.ToString()));

        proxy.CutOff();
        Assert.False(await behind.Admin.IsReachableAsync(ShortLimit, TestBus.Cancellation));
        Assert.True(await bus.Admin.IsReachableAsync(TestBus.Limit, TestBus.Cancellation));
        proxy.Heal();
        await Eventually.TrueAsync(() => behind.Admin.IsReachableAsync(TestBus.Limit, TestBus.Cancellation));
    }

    [Theory]
    [InlineData(KafkaMode.ZooKeeper)]
    [InlineData(KafkaMode.Kraft)]
    public async Task A_commit_whose_answer_is_held_is_done_and_unclear_to_its_writer(KafkaMode mode)
    {
        await using var bus = await clusters.UseAsync(mode);
        await bus.CreateTopicsAsync();
        await using var behind = clusters.BehindProxy(mode, bus, out var proxy);
        var producer = behind.Producer();
        Assert.Equal(TransactionResult.Done, behind.Step(producer, 1));

        using var trap = proxy.Kafka.Trap(KafkaApi.EndTxn, FrameSide.Answer);
        Assert.Equal(TransactionResult.Done, producer.Begin());
        producer.Send(bus.Outbound, [2]);
        Assert.Equal(TransactionOutcome.Unclear, producer.Commit(ShortLimit).Outcome);
        await trap.CaughtAsync();
        Assert.Equal([1, 2], (await bus.ReadAllAsync()).Select(r => r.Value[0]));
    }

    [Theory]
    [InlineData(KafkaMode.ZooKeeper)]
    [InlineData(KafkaMode.Kraft)]
    public async Task A_commit_that_is_held_is_refused_once_another_has_fenced(KafkaMode mode)
    {
        await using var bus = await clusters.UseAsync(mode);
        await bus.CreateTopicsAsync();
        await using var behind = clusters.BehindProxy(mode, bus, out var proxy);
        var producer = behind.Producer();
        Assert.Equal(TransactionResult.Done, behind.Step(producer, 1));

        using var trap = proxy.Kafka.Trap(KafkaApi.EndTxn, FrameSide.Request);
        Assert.Equal(TransactionResult.Done, producer.Begin());
        producer.Send(bus.Outbound, [2]);
        Assert.Equal(TransactionOutcome.Unclear, producer.Commit(ShortLimit).Outcome);
        await trap.CaughtAsync();
        Assert.IsType<FenceResult.Fenced>(
            await bus.Fence.FenceAsync(bus.TransactionalId, TestBus.Limit, TestBus.Cancellation));

        // It arrives at last, although its sender has long given up.
        producer.Dispose();
        trap.Release();
        Assert.Equal([1], (await bus.ReadAllAsync()).Select(r => r.Value[0]));
    }

    [Theory]
    [InlineData(KafkaMode.ZooKeeper)]
    [InlineData(KafkaMode.Kraft)]
    public async Task A_commit_sent_twice_reaches_the_broker_twice_and_counts_once(KafkaMode mode)
    {
        await using var bus = await clusters.UseAsync(mode);
        await bus.CreateTopicsAsync();
        await using var behind = clusters.BehindProxy(mode, bus, out var proxy);
        var producer = behind.Producer();
        proxy.Kafka.Double(KafkaApi.EndTxn, TimeSpan.Zero);
        Assert.Equal(TransactionResult.Done, behind.Step(producer, 1));
        await Eventually.TrueAsync(() => proxy.Kafka.DoubleAnswers.Count == 1);
        Assert.Equal([1], (await bus.ReadAllAsync()).Select(r => r.Value[0]));
    }

    [Theory]
    [InlineData(KafkaMode.ZooKeeper, true)]
    [InlineData(KafkaMode.ZooKeeper, false)]
    [InlineData(KafkaMode.Kraft, true)]
    [InlineData(KafkaMode.Kraft, false)]
    public async Task A_commit_that_is_sent_again_is_done_and_the_first_one_ends_no_later_transaction(KafkaMode mode, bool orderly)
    {
        await using var bus = await clusters.UseAsync(mode);
        await bus.CreateTopicsAsync();
        await using var behind = clusters.BehindProxy(mode, bus, out var proxy);
        var producer = behind.Producer();
        Assert.Equal(TransactionResult.Done, behind.Step(producer, 1));

        // The first one waits on the network; the producer loses its connection, makes another and asks again.
        using var trap = proxy.Kafka.Trap(KafkaApi.EndTxn, FrameSide.Request, limit: 1);
        var seen = proxy.Kafka.Seen(KafkaApi.EndTxn);
        var commit = Task.Run(() => behind.Step(producer, 2));
        await trap.CaughtAsync();
        proxy.DropClients(orderly);
        Assert.Equal(TransactionResult.Done, await commit);
        Assert.Equal(seen + 2, proxy.Kafka.Seen(KafkaApi.EndTxn));

        // It arrives during the next transaction.
        await behind.LeaveOpenAsync(producer, 3);
        var committed = await bus.EndAsync(ReadIsolation.Committed);
        trap.Release();
        await NothingCommitsAsync(bus, committed);
        producer.Send(bus.Outbound, [4]);
        Assert.Equal(TransactionResult.Done, producer.Commit(TestBus.Limit));
        Assert.Equal([1, 2, 3, 4], (await bus.ReadAllAsync()).Select(r => r.Value[0]));
    }

    [Theory]
    [InlineData(KafkaMode.ZooKeeper)]
    [InlineData(KafkaMode.Kraft)]
    public async Task A_copy_of_a_commit_ends_no_later_transaction(KafkaMode mode)
    {
        await using var bus = await clusters.UseAsync(mode);
        await bus.CreateTopicsAsync();
        await using var behind = clusters.BehindProxy(mode, bus, out var proxy);
        var producer = behind.Producer();
        var isNextOpen = new TaskCompletionSource();
        proxy.Kafka.Double(KafkaApi.EndTxn, isNextOpen.Task);
        Assert.Equal(TransactionResult.Done, behind.Step(producer, 1));
        proxy.Kafka.EndDouble(KafkaApi.EndTxn);
        await behind.LeaveOpenAsync(producer, 2);
        isNextOpen.SetResult();
        var committed = await bus.EndAsync(ReadIsolation.Committed);
        await Eventually.TrueAsync(() => proxy.Kafka.DoubleAnswers.Count == 1);
        Assert.NotEqual(0, proxy.Kafka.DoubleAnswers[0]);
        await NothingCommitsAsync(bus, committed);
        Assert.Equal(TransactionResult.Done, producer.Commit(TestBus.Limit));
        Assert.Equal([1, 2], (await bus.ReadAllAsync()).Select(r => r.Value[0]));
    }

    private static async Task NothingCommitsAsync(TestBus bus, long committed)
    {
        // Longer than markers ever took here.
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, TestBus.Cancellation);
        Assert.Equal(committed, await bus.EndAsync(ReadIsolation.Committed));
    }
}
