using Lockstep.Faults.Tests.Harness;
using Lockstep.TestKit;

namespace Lockstep.Faults.Tests.Processes;

/// <summary>The active is killed (-9), again and again; each time the standby goes on and the killed one comes back as standby.</summary>
public sealed class ActiveKilledTests(Servers servers)
{
    [Theory]
    [FaultRow("active killed, supervised", Quick = Quick.Both)]
    public Task A_supervised_active_is_killed(KafkaMode mode) => KillAsync(mode, supervised: true);

    [Theory]
    [FaultRow("active killed, unsupervised")]
    public Task An_unsupervised_active_is_killed(KafkaMode mode) => KillAsync(mode, supervised: false);

    private async Task KillAsync(KafkaMode mode, bool supervised)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode, new FaultGroupOptions { Supervised = supervised });
        await group.KillActivesAsync(4);
        var verdict = await group.FinishAsync();
        Assert.True(verdict.Epochs.Count >= 5, verdict.ToString());
    }
}
