using System.Collections.Concurrent;
using Lockstep.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.ZooKeeper.Tests.Conformance;

/// <summary>How candidates stand in line. Method: several clients stand for the same election; some give up, die or are deleted.</summary>
public abstract class ElectionConformance(ITestEnsemble ensemble) : EnsembleTest(ensemble)
{
    private static readonly ElectionOptions Election = new() { ParentPath = "/group/engines" };

    [Fact]
    public async Task Candidates_stand_in_the_order_in_which_they_joined()
    {
        await using ElectionNode first = await JoinAsync(Client, "a");
        await using ElectionNode second = await JoinAsync(await ConnectAsync(), "b");
        await using ElectionNode third = await JoinAsync(await ConnectAsync(), "c");
        Assert.True(first.Position.IsLowest);
        Assert.Equal(new ElectionPosition(ElectionStanding.Standing, 1, first.Path), second.Position);
        Assert.Equal(new ElectionPosition(ElectionStanding.Standing, 2, second.Path), third.Position);
        Assert.True(first.Czxid < second.Czxid && second.Czxid < third.Czxid);
        Assert.Equal("b", Text(await Client.GetDataAsync(second.Path, cancellationToken: Ct)));
    }

    [Fact]
    public async Task The_next_candidate_is_told_when_the_lowest_gives_up()
    {
        await using ElectionNode first = await JoinAsync(Client, "a");
        await using ElectionNode second = await JoinAsync(await ConnectAsync(), "b");
        await using ElectionNode third = await JoinAsync(await ConnectAsync(), "c");
        ConcurrentQueue<ElectionPosition> told = new();
        second.PositionChanged += told.Enqueue;
        await first.DeleteAsync(Ct);
        await Eventually.TrueAsync(() => second.Position.IsLowest, state: () => second.Position);
        await Eventually.TrueAsync(() => first.Position.Standing == ElectionStanding.Missing, state: () => first.Position);
        Assert.True(Assert.Single(told).IsLowest);
        Assert.False((await third.RefreshAsync(Ct)).IsLowest);
    }

    [Fact]
    public async Task A_candidate_moves_up_when_the_one_between_goes()
    {
        await using ElectionNode first = await JoinAsync(Client, "a");
        await using ElectionNode second = await JoinAsync(await ConnectAsync(), "b");
        await using ElectionNode third = await JoinAsync(await ConnectAsync(), "c");
        await second.DeleteAsync(Ct);
        await Eventually.TrueAsync(() => third.Position.Predecessor == first.Path, state: () => third.Position);
        await first.DeleteAsync(Ct);
        await Eventually.TrueAsync(() => third.Position.IsLowest, state: () => third.Position);
    }

    [Fact]
    public async Task The_next_candidate_is_told_when_the_lowest_ones_session_is_closed_for_it()
    {
        ZooKeeperClient dead = await ConnectAsync();
        await using ElectionNode first = await JoinAsync(dead, "a");
        await using ElectionNode second = await JoinAsync(Client, "b");
        Assert.True(await ZooKeeperClient.CloseSessionAsync(Options, dead.SessionId, dead.SessionPassword, Ct));
        await Eventually.TrueAsync(() => second.Position.IsLowest, state: () => second.Position);
        await Eventually.TrueAsync(() => first.Position.Standing == ElectionStanding.Ended, state: () => first.Position);
    }

    [Fact]
    public async Task A_candidate_notices_that_its_znode_was_deleted()
    {
        await using ElectionNode own = await JoinAsync(Client, "a");
        ZooKeeperClient other = await ConnectAsync();
        await other.DeleteAsync(own.Path, cancellationToken: Ct);
        await Eventually.TrueAsync(() => own.Position.Standing == ElectionStanding.Missing, state: () => own.Position);
        await FailsAsync(ErrorCode.NoNode, own.SetDataAsync(Bytes("x"), Ct));
        await own.DeleteAsync(Ct);
    }

    [Fact]
    public async Task A_znode_left_by_a_lost_answer_is_found_again_and_doubles_are_deleted()
    {
        await Client.EnsurePathAsync(Election.ParentPath, cancellationToken: Ct);
        CreateResult left = await LeaveAsync("old");
        await LeaveAsync("older");
        await using ElectionNode own = await JoinAsync(Client, "new");
        Assert.Equal((left.Path, left.Stat.Czxid), (own.Path, own.Czxid));
        Assert.True(own.Position.IsLowest);
        Assert.Equal("new", Text(await Client.GetDataAsync(own.Path, cancellationToken: Ct)));
        Assert.Single((await Client.GetChildrenAsync(Election.ParentPath, cancellationToken: Ct)).Names);

        Task<CreateResult> LeaveAsync(string text) => Client.CreateAsync(
            Election.ParentPath + "/server-n_", Bytes(text), CreateMode.EphemeralSequential, cancellationToken: Ct);
    }

    [Fact]
    public async Task Other_children_are_no_candidates()
    {
        await Client.EnsurePathAsync(Election.ParentPath + "/other", cancellationToken: Ct);
        await Client.EnsurePathAsync(Election.ParentPath + "/server-n_x", cancellationToken: Ct);
        await using ElectionNode own = await JoinAsync(Client, "a");
        Assert.True(own.Position.IsLowest);
    }

    [Fact]
    public async Task The_data_can_be_set()
    {
        await using ElectionNode own = await JoinAsync(Client, "standby");
        await own.SetDataAsync(Bytes("active"), Ct);
        Assert.Equal("active", Text(await Client.GetDataAsync(own.Path, cancellationToken: Ct)));
    }

    [Fact]
    public async Task Of_many_candidates_that_come_and_go_exactly_one_is_lowest()
    {
        List<ElectionNode> nodes = [];
        for (int i = 0; i < 8; i++)
        {
            nodes.Add(await JoinAsync(await ConnectAsync(), $"{i}"));
        }

        int[] leaving = [3, 0, 5, 1, 7, 2, 4];
        foreach (int i in leaving)
        {
            await nodes[i].DeleteAsync(Ct);
            Assert.False(nodes[i].Position.IsLowest);
            await Eventually.TrueAsync(
                () => nodes.Count(n => n.Position.IsLowest) == 1,
                state: () => string.Join(", ", nodes.Select(n => n.Position)));
        }

        await Eventually.TrueAsync(() => nodes[6].Position.IsLowest, state: () => nodes[6].Position);
        foreach (ElectionNode node in nodes)
        {
            await node.DisposeAsync();
        }
    }

    private static Task<ElectionNode> JoinAsync(ZooKeeperClient client, string data) =>
        ElectionNode.JoinAsync(client, Election, Bytes(data), TimeProvider.System, NullLogger.Instance, Ct);
}

public sealed class ElectionConformanceOfTheRealServer(RealEnsemble ensemble) : ElectionConformance(ensemble);

public sealed class ElectionConformanceOfTheInMemoryServer(InMemoryEnsemble ensemble) : ElectionConformance(ensemble);
