using Lockstep.Faults.Tests.Harness;
using Lockstep.TestKit;

namespace Lockstep.Faults.Tests.Networks;

/// <summary>
/// One of three brokers is killed and started again: the one that leads a topic, or coordinates the transactions; then all of
/// them, at once and one after the other. A pause at most; nothing is lost.
/// </summary>
public sealed class BrokerTests(Servers servers)
{
    private const int Brokers = 3;
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan InSyncLimit = TimeSpan.FromSeconds(60);

    [Theory]
    [FaultRow("leader of J killed", Quick = Quick.None)]
    public Task The_journals_leader_is_killed(KafkaMode mode) => LeaderAsync(mode, group => group.JournalTopic);

    [Theory]
    [FaultRow("leader of O killed", Quick = Quick.None)]
    public Task The_outbound_topics_leader_is_killed(KafkaMode mode) => LeaderAsync(mode, group => group.OutboundTopic);

    [Theory]
    [FaultRow("leader of I killed", Quick = Quick.None)]
    public Task The_inbound_topics_leader_is_killed(KafkaMode mode) => LeaderAsync(mode, group => group.InboundTopic);

    [Theory]
    [FaultRow("transaction coordinator killed", Quick = Quick.None)]
    public Task The_transaction_coordinator_is_killed(KafkaMode mode) => KillAsync(mode, CoordinatorAsync);

    [Theory]
    [FaultRow("all brokers restarted", Quick = Quick.None)]
    public async Task All_brokers_are_killed_and_started_again(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode, new FaultGroupOptions { Brokers = Brokers, Rate = 300 });
        group.Fault();
        await group.Cluster.RestartAllAsync();
        await group.FlowsAsync();
        await group.ReadyAsync();
        await group.FinishAsync();
    }

    [Theory]
    [FaultRow("all brokers restarted, one after the other", Quick = Quick.None)]
    public async Task Every_broker_in_turn_is_killed_and_started_again(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode, new FaultGroupOptions { Brokers = Brokers, Rate = 300 });
        for (var broker = 0; broker < Brokers; broker++)
        {
            group.Fault();
            await group.Cluster.RestartAsync(broker);
            await group.FlowsAsync();

            // The next one would otherwise take the only replica in sync with it, and what stands still then is no fault.
            await InSyncAsync(group);
        }

        await group.ReadyAsync();
        await group.FinishAsync();
    }

    [Theory]
    [FaultRow("leader of J stands still 10 s", Quick = Quick.None)]
    public async Task The_journals_leader_stands_still(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode, new FaultGroupOptions { Brokers = Brokers, Rate = 300 });
        var broker = await LeaderAsync(group, group.JournalTopic, partition: 0);
        group.Fault();
        group.Cluster.Pause(broker);
        try
        {
            await Task.Delay(Standstill, TimeProvider.System, TestContext.Current.CancellationToken);
        }
        finally
        {
            group.Cluster.Continue(broker);
        }

        await group.FlowsAsync(100);
        await InSyncAsync(group);
        await group.ReadyAsync();
        await group.FinishAsync();
    }

    private Task LeaderAsync(KafkaMode mode, Func<FaultGroup, string> topic) =>
        KillAsync(mode, group => LeaderAsync(group, topic(group), partition: 0));

    private async Task KillAsync(KafkaMode mode, Func<FaultGroup, Task<int>> which)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode, new FaultGroupOptions { Brokers = Brokers, Rate = 300 });
        var broker = await which(group);
        group.Fault();
        await group.Cluster.KillAsync(broker);
        await group.FlowsAsync(100);
        await group.Cluster.RestartAsync(broker);
        await group.FlowsAsync(100);
        await group.ReadyAsync();
        await group.FinishAsync();
    }

    private static Task<int> CoordinatorAsync(FaultGroup group)
    {
        // Kafka's rule: the absolute value (not the bits without the sign) of the id's hash, as Java has it, by the number of
        // partitions, five in the test kit's clusters.
        var hash = $"{group.Prefix}.{group.Prefix}".Aggregate(0, (h, c) => unchecked((h * 31) + c));
        return LeaderAsync(group, "__transaction_state", (int)(Math.Abs((long)hash) % 5));
    }

    /// <summary>Waits until every topic of the group, and the transactions', has all its replicas in sync.</summary>
    private static Task InSyncAsync(FaultGroup group) => Eventually.TrueAsync(
        async () =>
        {
            foreach (var topic in new[] { group.InboundTopic, group.OutboundTopic, group.JournalTopic, "__transaction_state" })
            {
                var description = await Answer.OfAsync(
                    () => group.Admin.DescribeAsync(topic, TestContext.Current.CancellationToken), group.Describe);
                if (description is null || description.Partitions.Any(p => p.InSync.Count < Brokers))
                {
                    return false;
                }
            }

            return true;
        },
        InSyncLimit,
        group.Describe);

    private static async Task<int> LeaderAsync(FaultGroup group, string topic, int partition)
    {
        var description = await group.Admin.DescribeAsync(topic, TestContext.Current.CancellationToken);
        return description!.Partitions.Single(p => p.Number == partition).Leader;
    }
}
