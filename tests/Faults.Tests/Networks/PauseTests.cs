using Lockstep.Contracts.Failover;
using Lockstep.Faults.Tests.Harness;
using Lockstep.TestKit;
using Lockstep.TestKit.Proxies;

namespace Lockstep.Faults.Tests.Networks;

/// <summary>
/// The network holds single requests of a member for seconds: between winning the election and the fence, between the fence
/// and the first commit, between a commit sent and its answer; and ends of transactions come late or twice (rule 4.5).
/// </summary>
public sealed class PauseTests(Servers servers)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(4);

    [Theory]
    [FaultRow("pause between election and fence", Quick = Quick.None)]
    public Task Between_winning_the_election_and_the_fence(KafkaMode mode) =>
        TakingOverAsync(mode, KafkaApi.InitProducerId, FrameSide.Request);

    [Theory]
    [FaultRow("pause between fence and its answer", Quick = Quick.None)]
    public Task Between_the_fence_and_its_answer(KafkaMode mode) =>
        TakingOverAsync(mode, KafkaApi.InitProducerId, FrameSide.Answer);

    [Theory]
    [FaultRow("pause between fence and first commit", Quick = Quick.None)]
    public Task Between_the_fence_and_the_first_commit(KafkaMode mode) =>
        TakingOverAsync(mode, KafkaApi.EndTxn, FrameSide.Request);

    [Theory]
    [FaultRow("pause between commit sent and answered", Quick = Quick.Kraft)]
    public Task Between_a_commit_sent_and_answered(KafkaMode mode) => PublishingAsync(mode, KafkaApi.EndTxn, FrameSide.Answer);

    [Theory]
    [FaultRow("pause between commit decided and sent", Quick = Quick.None)]
    public Task Between_a_commit_decided_and_sent(KafkaMode mode) => PublishingAsync(mode, KafkaApi.EndTxn, FrameSide.Request);

    [Theory]
    [FaultRow("EndTxn delayed, alone", Quick = Quick.None)]
    public async Task A_commit_that_comes_late_ends_no_later_one(KafkaMode mode)
    {
        await using var wires = await Wires.LayAsync(servers, mode);
        await using var group = await FaultGroup.StartAsync(servers, mode, wires.Options(members: 1));
        var network = wires.Of(await group.ActiveAsync()).Kafka;
        for (var i = 0; i < 3; i++)
        {
            group.Fault();
            using var trap = network.Kafka.Trap(KafkaApi.EndTxn, FrameSide.Request, limit: 1);
            await trap.CaughtAsync();

            // Nobody else waits, so the member itself settles it, some seconds later, and goes on.
            await group.FlowsAsync(200);
            trap.Release();
            await group.FlowsAsync(200);
        }

        await group.FinishAsync();
    }

    [Theory]
    [FaultRow("EndTxn delayed past its own retry", Quick = Quick.None)]
    public async Task A_commit_that_the_client_sent_again_comes_late(KafkaMode mode)
    {
        await using var wires = await Wires.LayAsync(servers, mode);
        await using var group = await FaultGroup.StartAsync(servers, mode, wires.Options());
        for (var i = 0; i < 5; i++)
        {
            var network = wires.Of(await group.ActiveAsync()).Kafka;
            group.Fault();
            using var trap = network.Kafka.Trap(KafkaApi.EndTxn, FrameSide.Request, limit: 1);
            await trap.CaughtAsync();

            // The client connects anew and asks again; the first request arrives among later transactions.
            network.DropClients();
            await group.FlowsAsync(50 * (i + 1));
            trap.Release();
            await group.FlowsAsync(100);
        }

        await group.ReadyAsync();
        await group.FinishAsync();
    }

    [Theory]
    [FaultRow("EndTxn duplicated", Quick = Quick.None)]
    public async Task Commits_that_come_twice_count_once(KafkaMode mode)
    {
        await using var wires = await Wires.LayAsync(servers, mode);
        await using var group = await FaultGroup.StartAsync(servers, mode, wires.Options());
        foreach (var lateMs in new[] { 0, 1, 3, 10, 50 })
        {
            var network = wires.Of(await group.ActiveAsync()).Kafka;
            group.Fault();
            var doubled = network.Kafka.DoubleAnswers.Count;
            network.Kafka.Double(KafkaApi.EndTxn, TimeSpan.FromMilliseconds(lateMs));
            await Eventually.TrueAsync(
                () => network.Kafka.DoubleAnswers.Count >= doubled + 20, TimeSpan.FromSeconds(60), group.Describe);
            network.Kafka.EndDouble(KafkaApi.EndTxn);
            await group.ReadyAsync();
            await group.FlowsAsync(50);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{lateMs} ms late: answers {string.Join(' ', network.Kafka.DoubleAnswers.CountBy(c => c))}");
        }

        await group.FinishAsync();
    }

    /// <summary>The member that takes over is held in the middle of it, and goes on.</summary>
    private async Task TakingOverAsync(KafkaMode mode, KafkaApi api, FrameSide side)
    {
        await using var wires = await Wires.LayAsync(servers, mode);
        await using var group = await FaultGroup.StartAsync(servers, mode, wires.Options());
        for (var i = 0; i < 2; i++)
        {
            var (active, standby) = (await group.ActiveAsync(), await group.StandbyAsync());
            group.Fault();
            using var trap = wires.Of(standby).Kafka.Kafka.Trap(api, side);
            await active.KillAsync();
            await trap.CaughtAsync();
            await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
            trap.Release();
            await group.ReadyAsync();
            await group.FlowsAsync();
        }

        await group.FinishAsync();
    }

    /// <summary>The active is held around a commit; the standby takes over; what was held arrives, and the zombie is refused.</summary>
    private async Task PublishingAsync(KafkaMode mode, KafkaApi api, FrameSide side)
    {
        await using var wires = await Wires.LayAsync(servers, mode);
        await using var group = await FaultGroup.StartAsync(servers, mode, wires.Options());
        for (var i = 0; i < 3; i++)
        {
            var (active, standby) = (await group.ActiveAsync(), await group.StandbyAsync());
            group.Fault();
            using var trap = wires.Of(active).Kafka.Kafka.Trap(api, side);
            await trap.CaughtAsync();
            await standby.UntilRoleAsync(MemberRole.Active);
            await group.FlowsAsync();
            trap.Release();
            await group.ReadyAsync();
            await group.FlowsAsync();
        }

        await group.FinishAsync();
    }
}
