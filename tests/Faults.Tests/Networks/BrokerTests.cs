using Lockstep.Faults.Tests.Harness;
using Lockstep.TestKit;

namespace Lockstep.Faults.Tests.Networks;

/// <summary>
/// One of three brokers is killed and started again: the one that leads a topic, or coordinates the transactions; then all of
/// them, one after the other. A pause at most; nothing is lost.
/// </summary>
public sealed class BrokerTests(Servers servers)
{
    private const int Brokers = 3;

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
        // Kafka's rule: the hash of the id, as Java has it, by the number of partitions, five in the test kit's clusters.
        var hash = $"{group.Prefix}.{group.Prefix}".Aggregate(0, (h, c) => unchecked((h * 31) + c));
        return LeaderAsync(group, "__transaction_state", (hash & int.MaxValue) % 5);
    }

    private static async Task<int> LeaderAsync(FaultGroup group, string topic, int partition)
    {
        var description = await group.Admin.DescribeAsync(topic, TestContext.Current.CancellationToken);
        return description!.Partitions.Single(p => p.Number == partition).Leader;
    }
}
