using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.TestKit;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>
/// A standby whose engine does otherwise than the group's with the same input (F3). Method: its window sums up another
/// field while it says that it runs the same model, as a window would that is not deterministic.
/// </summary>
[Collection(FailoverCluster.Name)]
public sealed class DivergenceTests(FailoverCluster cluster)
{
    private static readonly EngineMemberLimits Quick = new()
    {
        SnapshotInterval = TimeSpan.FromMilliseconds(100),
        DigestInterval = TimeSpan.FromMilliseconds(100),
    };

    [Fact]
    public async Task A_standby_that_differs_once_says_so_rebuilds_from_a_snapshot_of_before_and_can_take_over()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        var active = await group.Start("a", o => o with { Limits = Quick }).Run().BecomesAsync(MemberRole.Active);
        var before = await group.Start("b", o => o with { Limits = Quick }).Run().BecomesAsync(MemberRole.Standby);
        group.Write(records: 100);
        await group.JudgeAsync();
        await Eventually.TrueAsync(() => before.NewestSnapshot() is not null, state: before.Describe);
        await before.Member.StopAsync(TestGroup.Cancellation);
        await before.EndsAsync();

        var odd = OddFor(group, starts: 1);
        var standby = await group.Start("b", o => o with { Limits = Quick, NewEngine = odd }).Run().BecomesAsync(MemberRole.Standby);
        group.Write(records: 100);
        await Eventually.TrueAsync(() => standby.Status.Alarms.Any(a => a.Code == AlarmCode.Diverged), state: standby.Describe);
        Assert.Contains(standby.Lines, l => l.Contains("F3 does not hold", StringComparison.Ordinal));
        await Eventually.TrueAsync(
            () => standby.Status is { Role: MemberRole.Standby, DigestAgrees: true, Znode: not null }, state: standby.Describe);
        var starts = standby.Lines.Where(l => l.Contains("follows the journal from sequence", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, starts.Count);
        Assert.DoesNotContain("sequence 0,", starts[1], StringComparison.Ordinal);
        Assert.Contains(standby.Status.Alarms, a => a.Code == AlarmCode.Diverged);

        await Eventually.TrueAsync(() => active.Status.Candidates > 1, state: active.Describe);
        await active.Member.SwitchoverAsync(null, TestGroup.Cancellation);
        await standby.BecomesAsync(MemberRole.Active);
        group.Write(records: 100);
        await group.JudgeAsync();
    }

    [Fact]
    public async Task One_that_differs_again_after_its_rebuild_stays_recovering_and_says_why()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        var active = await group.Start("a", o => o with { Limits = Quick }).Run().BecomesAsync(MemberRole.Active);
        var standby = group.Start("b", o => o with { Limits = Quick, NewEngine = OddFor(group, starts: int.MaxValue) }).Run();
        using var stop = new CancellationTokenSource();
        var writing = group.WriteSteadilyAsync(stop.Token);
        await Eventually.TrueAsync(
            () => standby.Status is { Role: MemberRole.Recovering, Reason: { } reason }
                && reason.Contains("did so again after a rebuild", StringComparison.Ordinal),
            state: standby.Describe);
        await stop.CancelAsync();
        await writing;
        Assert.Null(standby.Status.Znode);
        Assert.False(standby.Status.DigestAgrees);
        Assert.Contains(standby.Status.Alarms, a => a.Code == AlarmCode.Diverged && a.Message.Contains("2. time", StringComparison.Ordinal));
        Assert.Empty(active.Status.Alarms);
        await group.JudgeAsync();
    }

    /// <summary>Makes engines that count otherwise for the first starts: two are made before a member's first.</summary>
    private static Func<Lockstep.Engine.Execution.ProjectEngine> OddFor(TestGroup group, int starts)
    {
        var made = 0;
        return () => group.EngineOf(Interlocked.Increment(ref made) - 2L <= starts ? group.Model with { SumOf = "index_esp" } : group.Model);
    }
}
