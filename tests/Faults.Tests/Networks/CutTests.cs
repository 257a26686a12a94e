using Lockstep.Contracts.Failover;
using Lockstep.Faults.Tests.Harness;
using Lockstep.TestKit;
using Lockstep.TestKit.Proxies;

namespace Lockstep.Faults.Tests.Networks;

/// <summary>
/// A member's network is cut: from ZooKeeper, from Kafka, both ways and one way. What is cut is held and arrives when the cut
/// is over, as on a network that heals; so every late word of a zombie comes.
/// </summary>
public sealed class CutTests(Servers servers)
{
    private static readonly DirectionFaults Held = new() { Cut = Cut.Held };

    [Theory]
    [FaultRow("active cut from ZooKeeper", Quick = Quick.Kraft)]
    public Task An_active_cut_from_ZooKeeper_is_fenced(KafkaMode mode) =>
        ActiveAsync(mode, wire => wire.ZooKeeper, proxy => proxy.CutOff());

    [Theory]
    [FaultRow("active cut from ZooKeeper, one way to it", Quick = Quick.None)]
    public Task An_active_that_ZooKeeper_does_not_hear_is_fenced(KafkaMode mode) =>
        ActiveAsync(mode, wire => wire.ZooKeeper, proxy => proxy.ToServers = Held);

    [Theory]
    [FaultRow("active cut from ZooKeeper, one way from it", Quick = Quick.None)]
    public Task An_active_that_does_not_hear_ZooKeeper_is_fenced(KafkaMode mode) =>
        ActiveAsync(mode, wire => wire.ZooKeeper, proxy => proxy.ToClients = Held);

    [Theory]
    [FaultRow("active cut from Kafka", Quick = Quick.Both)]
    public Task An_active_cut_from_Kafka_gives_up_its_znode(KafkaMode mode) =>
        ActiveAsync(mode, wire => wire.Kafka, proxy => proxy.CutOff());

    [Theory]
    [FaultRow("active cut from Kafka, one way to it", Quick = Quick.None)]
    public Task An_active_that_Kafka_does_not_hear_gives_up_its_znode(KafkaMode mode) =>
        ActiveAsync(mode, wire => wire.Kafka, proxy => proxy.ToServers = Held);

    [Theory]
    [FaultRow("active cut from Kafka, one way from it", Quick = Quick.None)]
    public Task An_active_that_does_not_hear_Kafka_gives_up_its_znode(KafkaMode mode) =>
        ActiveAsync(mode, wire => wire.Kafka, proxy => proxy.ToClients = Held);

    [Theory]
    [FaultRow("active reaches Kafka slowly", Quick = Quick.None)]
    public Task An_active_that_reaches_Kafka_slowly_gives_up_its_znode(KafkaMode mode)
    {
        var slow = new DirectionFaults { Delay = TimeSpan.FromSeconds(1) };
        return ActiveAsync(mode, wire => wire.Kafka, proxy => (proxy.ToServers, proxy.ToClients) = (slow, slow));
    }

    [Theory]
    [FaultRow("active cut from Kafka and ZooKeeper", Quick = Quick.None)]
    public async Task An_active_cut_from_everything_is_replaced(KafkaMode mode)
    {
        await using var wires = await Wires.LayAsync(servers, mode);
        await using var group = await FaultGroup.StartAsync(servers, mode, wires.Options());
        var (active, standby) = (await group.ActiveAsync(), await group.StandbyAsync());
        group.Fault();
        wires.Of(active).Kafka.CutOff();
        wires.Of(active).ZooKeeper.CutOff();
        await standby.UntilRoleAsync(MemberRole.Active);
        await group.FlowsAsync();
        wires.Of(active).Heal();
        await group.ReadyAsync();
        await group.FinishAsync();
    }

    [Theory]
    [FaultRow("active's network 200 ms away", Quick = Quick.None)]
    public Task An_active_far_away_goes_on(KafkaMode mode)
    {
        var far = new DirectionFaults { Delay = TimeSpan.FromMilliseconds(100), Jitter = TimeSpan.FromMilliseconds(20) };
        return WeatherAsync(mode, far);
    }

    [Theory]
    [FaultRow("active's network loses 10 %", Quick = Quick.None)]
    public Task An_active_on_a_lossy_network_goes_on(KafkaMode mode) => WeatherAsync(mode, new DirectionFaults { Loss = 0.1 });

    [Theory]
    [FaultRow("standby cut off", Quick = Quick.None)]
    public async Task A_standby_cut_off_changes_nothing(KafkaMode mode)
    {
        await using var wires = await Wires.LayAsync(servers, mode);
        await using var group = await FaultGroup.StartAsync(servers, mode, wires.Options());
        var (active, standby) = (await group.ActiveAsync(), await group.StandbyAsync());
        foreach (var cut in new Action<Wire>[]
        {
            wire => wire.Kafka.CutOff(),
            wire => wire.ZooKeeper.CutOff(),
            wire => wire.Kafka.ResetAll(),
            wire =>
            {
                wire.Kafka.CutOff();
                wire.ZooKeeper.CutOff();
            },
        })
        {
            group.Fault();
            cut(wires.Of(standby));
            await group.FlowsAsync(1000);
            wires.Of(standby).Heal();
            await group.ReadyAsync();
        }

        Assert.Equal(active, await group.ActiveAsync());
        var verdict = await group.FinishAsync();
        Assert.Single(verdict.Epochs);
    }

    /// <summary>The active is cut; the standby takes over; the cut ends and the old active comes back as standby.</summary>
    private async Task ActiveAsync(KafkaMode mode, Func<Wire, FaultProxy> which, Action<FaultProxy> cut)
    {
        await using var wires = await Wires.LayAsync(servers, mode);
        await using var group = await FaultGroup.StartAsync(servers, mode, wires.Options());
        for (var i = 0; i < 2; i++)
        {
            var (active, standby) = (await group.ActiveAsync(), await group.StandbyAsync());
            group.Fault();
            cut(which(wires.Of(active)));
            await standby.UntilRoleAsync(MemberRole.Active);
            await group.FlowsAsync();
            wires.Of(active).Heal();
            await group.ReadyAsync();
            await group.FlowsAsync();
        }

        var verdict = await group.FinishAsync();
        Assert.True(verdict.Epochs.Count >= 3, verdict.ToString());
    }

    /// <summary>Both of the active's networks are bad for a while; nothing is lost, and whoever is active afterwards goes on.</summary>
    private async Task WeatherAsync(KafkaMode mode, DirectionFaults weather)
    {
        await using var wires = await Wires.LayAsync(servers, mode);
        await using var group = await FaultGroup.StartAsync(servers, mode, wires.Options());
        var wire = wires.Of(await group.ActiveAsync());
        group.Fault();
        var struck = wire.Kafka.Struck;
        foreach (var proxy in new[] { wire.Kafka, wire.ZooKeeper })
        {
            (proxy.ToServers, proxy.ToClients) = (weather, weather);
        }

        await group.FlowsAsync(2000);
        Assert.True(wire.Kafka.Struck > struck);
        wire.Heal();
        await group.ReadyAsync();
        await group.FinishAsync();
    }
}
