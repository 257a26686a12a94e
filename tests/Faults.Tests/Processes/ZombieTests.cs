using Lockstep.Faults.Tests.Harness;
using Lockstep.TestKit;

namespace Lockstep.Faults.Tests.Processes;

/// <summary>The active stands still (SIGSTOP) and goes on later, as a process on a machine that was suspended does.</summary>
public sealed class ZombieTests(Servers servers)
{
    [Theory]
    [FaultRow("active stopped 0.2 s")]
    public Task An_active_that_stands_still_for_a_moment_goes_on(KafkaMode mode) =>
        StopAsync(mode, TimeSpan.FromMilliseconds(200), isReplaced: false);

    [Theory]
    [FaultRow("active stopped 2 s")]
    public Task A_zombie_of_two_seconds_is_replaced_and_comes_back(KafkaMode mode) =>
        StopAsync(mode, TimeSpan.FromSeconds(2), isReplaced: true);

    [Theory]
    [FaultRow("active stopped 20 s", Quick = Quick.None)]
    public Task A_zombie_of_twenty_seconds_is_replaced_and_comes_back(KafkaMode mode) =>
        StopAsync(mode, TimeSpan.FromSeconds(20), isReplaced: true);

    [Theory]
    [FaultRow("active stopped 2 s, supervised", Quick = Quick.None)]
    public async Task A_supervised_active_that_stands_still_is_killed_and_replaced(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode);
        var active = await group.ActiveAsync();
        group.Fault();
        active.Worker.Pause();
        await Eventually.TrueAsync(() => active.Exits.Contains(FaultMember.Killed), state: group.Describe);
        await group.ReadyAsync();
        await group.FlowsAsync();
        var verdict = await group.FinishAsync();
        Assert.True(verdict.Epochs.Count > 1, verdict.ToString());
    }

    [Theory]
    [FaultRow("three members: zombie active, second dies, third takes over")]
    public async Task The_third_takes_over_from_a_zombie_and_a_dead_one(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(
            servers, mode, new FaultGroupOptions { Members = 3, Supervised = false });
        var zombie = await group.ActiveAsync();
        var first = zombie.Worker;
        group.Fault();
        first.Pause();
        var second = await group.ActiveAsync();
        await group.FlowsAsync();
        group.Fault();
        await second.KillForGoodAsync();
        var third = await group.ActiveAsync();
        await group.FlowsAsync();
        group.Fault();
        var replaced = zombie.ReplacedAsync();
        first.Continue();
        await replaced;
        await group.ReadyAsync();
        second.StartAgain();
        await group.ReadyAsync();
        await group.FlowsAsync();
        Assert.Equal(3, new[] { zombie.Name, second.Name, third.Name }.Distinct().Count());
        await group.FinishAsync();
    }

    private async Task StopAsync(KafkaMode mode, TimeSpan pause, bool isReplaced)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode, new FaultGroupOptions { Supervised = false });
        var active = await group.ActiveAsync();
        var process = active.Worker;
        group.Fault();
        process.Pause();
        var over = Task.Delay(pause, TimeProvider.System);
        if (isReplaced)
        {
            await group.TakenOverAsync();
            await group.FlowsAsync();
        }

        await over;
        var replaced = isReplaced ? active.ReplacedAsync() : Task.CompletedTask;
        process.Continue();
        await replaced;

        await group.ReadyAsync();
        await group.FlowsAsync();
        var verdict = await group.FinishAsync();
        Assert.True(verdict.Epochs.Count > 1 || !isReplaced, verdict.ToString());
    }
}
