using Lockstep.Contracts.Failover;
using Lockstep.TestKit;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>
/// Goal: with ZooKeeper gone altogether, a group goes on, and survives the death of its active too. Method: a real ZooKeeper that is
/// killed and started again, on servers of the test's own.
/// </summary>
public sealed class EmergencyTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Without_ZooKeeper_a_standby_takes_over_three_seconds_after_the_active_died()
    {
        await using var cluster = new FailoverCluster();
        await cluster.InitializeAsync();
        await using var group = await TestGroup.CreateAsync(cluster);
        var active = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var standby = await group.Start("b").Run().BecomesAsync(MemberRole.Standby);
        await Eventually.TrueAsync(() => active.Status.Candidates > 1, state: active.Describe);
        using var stop = new CancellationTokenSource();
        var writing = group.WriteSteadilyAsync(stop.Token);
        await Eventually.TrueAsync(() => active.Status.EventsOut > 200, state: active.Describe);

        await cluster.Kafka.ZooKeeper!.KillAsync();
        await Eventually.TrueAsync(
            () => !active.Status.ZooKeeperReachable && !standby.Status.ZooKeeperReachable, state: () => active.Describe() + standby.Describe());
        await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System, TestGroup.Cancellation);
        Assert.Equal((MemberRole.Active, MemberRole.Standby), (active.Status.Role, standby.Status.Role));
        var before = active.Status.EventsOut;
        await Eventually.TrueAsync(() => active.Status.EventsOut > before + 200, state: active.Describe);

        var died = TimeProvider.System.GetTimestamp();
        await active.DisposeAsync();
        await standby.BecomesAsync(MemberRole.Active);
        var took = TimeProvider.System.GetElapsedTime(died);
        output.WriteLine($"active {took.TotalMilliseconds:F0} ms after the death");
        Assert.True(took > TimeSpan.FromSeconds(2.5), $"after {took}, but an active may be silent for three seconds");
        Assert.False(standby.Status.ZooKeeperReachable);
        await Eventually.TrueAsync(() => standby.Status.EventsOut > 200, state: standby.Describe);

        // ZooKeeper comes back without any session it knew: one that is active stays so, the other joins behind it.
        await cluster.Kafka.ZooKeeper.RestartAsync();
        var back = await group.Start("a").Run().BecomesAsync(MemberRole.Standby);
        await Eventually.TrueAsync(() => standby.Status.Candidates > 1 || back.Status.Role == MemberRole.Active, state: standby.Describe);
        await stop.CancelAsync();
        await writing;
        var judge = await group.JudgeAsync();
        Assert.Equal([1, 2], judge.Epochs.Take(2));
        output.WriteLine($"silence {judge.Silence.TotalMilliseconds:F0} ms, epochs {string.Join(' ', judge.Epochs)}");
    }
}
