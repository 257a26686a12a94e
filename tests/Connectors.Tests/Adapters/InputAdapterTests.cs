using Lockstep.Connectors.Tests.Kafka;
using Lockstep.Contracts.Failover;
using Lockstep.TestKit;

namespace Lockstep.Connectors.Tests.Adapters;

/// <summary>
/// Goal: a growing file's lines come in once and in order whatever part of the network fails, and no fault of the network
/// stops a group that could go on. Method: two adapters over real servers, each behind networks of its own.
/// </summary>
[Collection(FailoverCluster.Name)]
public sealed class InputAdapterTests(FailoverCluster cluster)
{
    [Fact]
    public async Task Lines_go_on_while_ZooKeeper_is_out_of_everyones_reach()
    {
        await using var group = await StartAsync();
        group.ZooKeeper[0].CutOff();
        group.ZooKeeper[1].CutOff();

        // The client counts its session as over after 4/3 of its time-out of one second.
        await Eventually.TrueAsync(() => !group.Status(0).ZooKeeperReachable && !group.Status(1).ZooKeeperReachable);
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
        group.Append(20);
        await group.ExpectAllAsync();
        Assert.Equal(MemberRole.Active, group.Status(0).Role);
        Assert.Equal(1, group.Status(0).Epoch);

        group.ZooKeeper[0].Heal();
        group.ZooKeeper[1].Heal();
        await OneIsActiveAsync(group);
        group.Append(20);
        await group.ExpectAllAsync();
    }

    [Fact]
    public async Task An_active_cut_from_ZooKeeper_alone_is_fenced_and_lines_go_on()
    {
        await using var group = await StartAsync();
        group.ZooKeeper[0].CutOff();
        await group.BecomesAsync(1, MemberRole.Active);
        group.Append(20);
        await group.ExpectAllAsync();
        group.ZooKeeper[0].Heal();
        await group.BecomesAsync(0, MemberRole.Standby);
        group.Append(20);
        await group.ExpectAllAsync();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task An_active_cut_from_Kafka_gives_up_its_znode_and_returns_as_standby(bool toServers, bool toClients)
    {
        await using var group = await StartAsync();
        group.Kafka[0].ToServers = new() { Cut = toServers ? TestKit.Proxies.Cut.Held : TestKit.Proxies.Cut.None };
        group.Kafka[0].ToClients = new() { Cut = toClients ? TestKit.Proxies.Cut.Held : TestKit.Proxies.Cut.None };
        group.Append(20);
        await group.BecomesAsync(1, MemberRole.Active);
        group.Append(20);
        await group.ExpectAllAsync();
        Assert.NotEqual(MemberRole.Standby, group.Status(0).Role);

        group.Kafka[0].Heal();
        await group.BecomesAsync(0, MemberRole.Standby);
        group.Kafka[1].CutOff();
        group.Append(20);
        await group.BecomesAsync(0, MemberRole.Active);
        await group.ExpectAllAsync();
    }

    [Fact]
    public async Task Without_ZooKeeper_a_standby_takes_the_work_that_waits_and_leaves_an_idle_active_alone()
    {
        await using var group = await StartAsync();
        group.ZooKeeper[0].CutOff();
        group.ZooKeeper[1].CutOff();
        await Eventually.TrueAsync(() => !group.Status(0).ZooKeeperReachable && !group.Status(1).ZooKeeperReachable);
        await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(MemberRole.Standby, group.Status(1).Role);

        // The active is as good as dead from here on.
        group.Kafka[0].CutOff();
        group.Append(20);
        await group.BecomesAsync(1, MemberRole.Active);
        await group.ExpectAllAsync();

        group.Kafka[0].Heal();
        group.ZooKeeper[0].Heal();
        group.ZooKeeper[1].Heal();
        await OneIsActiveAsync(group);
        group.Append(20);
        await group.ExpectAllAsync();
    }

    [Fact]
    public async Task A_line_that_is_being_written_during_a_takeover_comes_in_once_and_whole()
    {
        await using var group = await StartAsync();
        for (var takeover = 0; takeover < 4; takeover++)
        {
            var (lost, next) = (takeover % 2, (takeover + 1) % 2);
            group.Append(20);
            group.AppendBroken();
            group.Kafka[lost].CutOff();
            group.ZooKeeper[lost].CutOff();
            await group.BecomesAsync(next, MemberRole.Active);
            group.AppendBroken();
            group.Append(5);
            await group.ExpectAllAsync();
            group.Kafka[lost].Heal();
            group.ZooKeeper[lost].Heal();
            await group.BecomesAsync(lost, MemberRole.Standby);
        }
    }

    [Fact]
    public async Task A_file_that_was_replaced_before_a_takeover_goes_on_from_its_top_when_that_was_chosen()
    {
        await using var group = await StartAsync("restart");
        group.Replace(30);
        group.Kafka[0].CutOff();
        group.ZooKeeper[0].CutOff();
        await group.BecomesAsync(1, MemberRole.Active);
        await group.ExpectAllAsync();
        group.Append(20);
        await group.ExpectAllAsync();
    }

    private async Task<InputGroup> StartAsync(string onReplaced = "stop")
    {
        var group = new InputGroup(cluster, onReplaced);
        group.Start();
        await group.BecomesAsync(0, MemberRole.Active);
        group.Start();
        await group.BecomesAsync(1, MemberRole.Standby);
        await Eventually.TrueAsync(() => group.Status(1).WatchedZnode is not null);
        group.Append(20);
        await group.ExpectAllAsync();
        return group;
    }

    private static Task OneIsActiveAsync(InputGroup group) => Eventually.TrueAsync(
        () => new[] { group.Status(0), group.Status(1) } is var all
            && all.All(s => s.ZooKeeperReachable && s.Znode is not null)
            && all.Count(s => s.Role == MemberRole.Active) == 1,
        state: () => $"{group.Status(0)}\n{group.Status(1)}");
}
