using Lockstep.Faults.Tests.Harness;
using Lockstep.TestKit;

namespace Lockstep.Faults.Tests.Processes;

/// <summary>One member's clock is wrong by an hour while the work goes back and forth: results depend on inputs alone.</summary>
public sealed class ClockTests(Servers servers)
{
    [Theory]
    [FaultRow("clock of one member an hour ahead, actives killed")]
    public Task A_member_is_an_hour_ahead(KafkaMode mode) => KillAsync(mode, "3600");

    [Theory]
    [FaultRow("clock of one member an hour behind, actives killed", Quick = Quick.None)]
    public Task A_member_is_an_hour_behind(KafkaMode mode) => KillAsync(mode, "-3600");

    private async Task KillAsync(KafkaMode mode, string seconds)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode, new FaultGroupOptions
        {
            Change = (name, options) => name == "engine-b" ? options with { Arguments = [$"--clock-offset-s={seconds}"] } : options,
        });
        await group.KillActivesAsync(RowSize.Of(quick: 2, full: 6));
        var verdict = await group.FinishAsync();
        Assert.True(verdict.Epochs.Count >= 3, verdict.ToString());
    }
}
