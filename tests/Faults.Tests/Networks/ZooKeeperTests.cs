using Lockstep.Contracts.Failover;
using Lockstep.Faults.Tests.Harness;
using Lockstep.TestKit;

namespace Lockstep.Faults.Tests.Networks;

/// <summary>ZooKeeper is away, or comes back having forgotten everybody: the active keeps publishing.</summary>
public sealed class ZooKeeperTests(Servers servers)
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(10);

    [Theory]
    [FaultRow("ZooKeeper stopped 10 s", Quick = Quick.None)]
    public async Task The_active_publishes_while_ZooKeeper_is_stopped(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode);
        var zooKeeper = group.Cluster.ZooKeeper!;
        group.Fault();
        await zooKeeper.KillAsync();
        try
        {
            await Task.Delay(Outage, TimeProvider.System, TestContext.Current.CancellationToken);
            await group.FlowsAsync();
        }
        finally
        {
            await zooKeeper.RestartAsync();
        }

        await group.ReadyAsync();
        await group.FlowsAsync();
        var verdict = await group.FinishAsync();
        Assert.True(verdict.Epochs.Count <= 2, verdict.ToString());
    }

    [Theory]
    [FaultRow("ZooKeeper stands still 10 s", Quick = Quick.None)]
    public async Task The_active_publishes_while_ZooKeeper_stands_still(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode);
        var zooKeeper = group.Cluster.ZooKeeper!;
        group.Fault();
        zooKeeper.Pause();
        try
        {
            await Task.Delay(Outage, TimeProvider.System, TestContext.Current.CancellationToken);
            await group.FlowsAsync();
        }
        finally
        {
            zooKeeper.Continue();
        }

        await group.ReadyAsync();
        await group.FlowsAsync();
        var verdict = await group.FinishAsync();
        Assert.True(verdict.Epochs.Count <= 2, verdict.ToString());
    }

    [Theory]
    [FaultRow("ZooKeeper restarted, all sessions gone", Quick = Quick.None)]
    public async Task The_active_publishes_when_ZooKeeper_has_forgotten_every_session(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode);
        var zooKeeper = group.Cluster.ZooKeeper!;
        for (var i = 0; i < 2; i++)
        {
            group.Fault();
            if (mode == KafkaMode.Kraft)
            {
                await zooKeeper.RestartAsync(empty: true);
            }
            else
            {
                // Brokers of this mode keep their own state there: only the members' sessions run out, by their own clocks.
                await zooKeeper.KillAsync();
                await Task.WhenAll(group.Members.Select(m => m.UntilAsync(s => !s.ZooKeeperReachable)));
                await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System, TestContext.Current.CancellationToken);
                await zooKeeper.RestartAsync();
            }

            await group.ReadyAsync();
            await group.FlowsAsync();
        }

        var verdict = await group.FinishAsync();
        Assert.True(verdict.Epochs.Count <= 3, verdict.ToString());
    }

    [Theory]
    [FaultRow("ZooKeeper gone, then the active killed", Quick = Quick.None)]
    public async Task A_standby_takes_over_without_an_election_when_ZooKeeper_and_the_active_are_gone(KafkaMode mode)
    {
        // An ensemble of the members' own, since brokers of one mode need theirs.
        await using var zooKeeper = await ZooKeeperServer.StartAsync();
        await using var group = await FaultGroup.StartAsync(servers, mode, new FaultGroupOptions
        {
            Supervised = false,
            Change = (_, options) => options with { ZooKeeper = zooKeeper.ConnectString },
        });
        var (active, standby) = (await group.ActiveAsync(), await group.StandbyAsync());
        await zooKeeper.KillAsync();
        try
        {
            await standby.UntilAsync(s => !s.ZooKeeperReachable);
            group.Fault();
            await active.KillForGoodAsync();
            await standby.UntilRoleAsync(MemberRole.Active);
            await group.FlowsAsync();
            active.StartAgain();
        }
        finally
        {
            await zooKeeper.RestartAsync();
        }

        await group.ReadyAsync();
        await group.FlowsAsync();
        var verdict = await group.FinishAsync();
        Assert.True(verdict.Epochs.Count <= 3, verdict.ToString());
    }

    [Theory]
    [FaultRow("leader of three ZooKeeper servers killed", Quick = Quick.None)]
    public async Task The_leader_of_an_ensemble_is_killed_and_two_servers_still_elect(KafkaMode mode)
    {
        await using var ensemble = await ZooKeeperEnsemble.StartAsync();
        await using var group = await FaultGroup.StartAsync(servers, mode, new FaultGroupOptions
        {
            Supervised = false, // The supervisor is told of the other ZooKeeper.
            Change = (_, options) => options with { ZooKeeper = ensemble.ConnectString },
        });
        group.Fault();
        var leader = await ensemble.LeaderAsync();
        await leader.KillAsync();
        await group.FlowsAsync();
        await group.ReadyAsync();

        // Two of three are enough to elect the next active.
        group.Fault();
        await (await group.ActiveAsync()).KillAsync();
        await group.ReadyAsync();
        await group.FlowsAsync();
        await leader.RestartAsync();
        await group.FlowsAsync();
        var verdict = await group.FinishAsync();
        Assert.True(verdict.Epochs.Count <= 3, verdict.ToString());
    }
}
