using Lockstep.Contracts.Failover;
using Lockstep.Contracts.Projects;
using Lockstep.Faults.Tests.Harness;
using Lockstep.TestKit;

namespace Lockstep.Faults.Tests.Processes;

/// <summary>The active gives over because it is told to: to its standby, or to another version of the model.</summary>
public sealed class HandoverTests(Servers servers)
{
    private const string NextVersion = "sums-next.xml";

    [Theory]
    [FaultRow("switchover every second")]
    public async Task Switchovers_each_second_under_load_lose_and_double_nothing(KafkaMode mode)
    {
        await using var commands = await Commands.StartAsync();
        await using var group = await FaultGroup.StartAsync(servers, mode, new FaultGroupOptions
        {
            Rate = 2000,
            KeepsSessions = true,
            Change = (_, options) => commands.ArgumentsFor(options),
        });
        var switches = RowSize.Of(quick: 6, full: 20);
        for (var i = 0; i < switches; i++)
        {
            var second = Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
            await group.ReadyAsync();
            var active = await group.ActiveAsync();
            await Eventually.TrueAsync(() => commands.TellAsync(active, _ => Task.CompletedTask), state: group.Describe);
            group.Fault();
            await commands.TellAsync(active, member => member.SwitchoverAsync());
            await second;
        }

        await group.ReadyAsync();
        await group.FlowsAsync();
        Assert.All(group.Members, m => Assert.Empty(m.Exits));
        var verdict = await group.FinishAsync();

        // One that is asked while the one before it is still on its way is refused.
        Assert.True(verdict.Epochs.Count > switches / 2, verdict.ToString());
    }

    [Theory]
    [FaultRow("upgrade under load, a kill on each side of N", Quick = Quick.None)]
    public async Task An_upgrade_goes_on_whoever_is_killed_on_either_side_of_the_handover(KafkaMode mode)
    {
        await using var commands = await Commands.StartAsync();
        await using var group = await FaultGroup.StartAsync(
            servers, mode, new FaultGroupOptions { Change = (_, options) => commands.ArgumentsFor(options), AlsoModels = [NextVersion] });
        var next = ProjectDigest.Compute(group.Projects[1]);
        var model = RowModel.PathOf(NextVersion);
        FaultMember[] former = [.. group.Members];
        var shadow = group.StartMember("engine-next-a", model, "--role", "shadow", "--version", "2");
        group.StartMember("engine-next-b", model, "--role", "shadow", "--version", "2");
        await group.ReadyAsync();

        // Before N: it is told, and dead before it can have written anything, or nearly so.
        var old = await group.ActiveAsync();
        await Eventually.TrueAsync(() => commands.TellAsync(old, _ => Task.CompletedTask), state: group.Describe);
        group.Fault();
        await commands.TellAsync(old, member => member.HandOverAsync(shadow.Name, next));
        await old.KillForGoodAsync();
        var active = await group.ActiveAsync();
        await group.FlowsAsync();
        var isBefore = former.Contains(active);
        if (isBefore)
        {
            old.StartAgain();
            await group.ReadyAsync();

            // After N: the handover is in the journal, and who wrote it dies.
            await Eventually.TrueAsync(() => commands.TellAsync(active, _ => Task.CompletedTask), state: group.Describe);
            group.Fault();
            await commands.TellAsync(active, member => member.HandOverAsync(shadow.Name, next));
            await group.WrittenAsync(r => r.HandoverDigest == next);
            await active.KillForGoodAsync();
        }

        // After N + 1: the new version has begun, and who began dies too.
        var begun = await group.WrittenAsync(r => r.Kind == JournalRecordKind.EpochStart && r.ModelDigest == next);
        group.Fault();
        var first = group.Members.Single(m => m.Name == begun.Member);
        await first.KillAsync();
        await group.ReadyAsync();
        await group.FlowsAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"The first kill came {(isBefore ? "before" : "after")} N.");
        foreach (var member in former.Where(m => m.Restarts))
        {
            await member.KillForGoodAsync();
        }

        var verdict = await group.FinishAsync();
        Assert.True(verdict.Epochs.Count >= 3, verdict.ToString());
        Assert.Equal(next, JournalRecordCodec.Decode(group.Journal.Last!.Value).ModelDigest);
    }
}
