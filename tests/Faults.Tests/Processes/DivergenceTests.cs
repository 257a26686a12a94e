using System.Globalization;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Faults.Tests.Harness;
using Lockstep.TestKit;

namespace Lockstep.Faults.Tests.Processes;

/// <summary>A model gives on one machine what it does not give on the other (F3).</summary>
public sealed class DivergenceTests(Servers servers)
{
    [Theory]
    [FaultRow("nondeterministic model")]
    public async Task A_standby_that_differs_says_so_leaves_rebuilds_and_takes_over(KafkaMode mode)
    {
        var hook = new Dictionary<string, string?>
        {
            ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location,
            [StartupHook.CallVariable] = 4000.ToString(CultureInfo.InvariantCulture),
        };
        await using var group = await FaultGroup.StartAsync(servers, mode, new FaultGroupOptions
        {
            Members = 1,
            KeepsSessions = true,
            Model = "sums-random.xml",
            Change = (name, options) => name == "engine-b" ? options with { Environment = hook } : options,
        });
        group.Fault();
        var standby = group.StartMember("engine-b");
        await standby.UntilAsync(s => s.Alarms.Any(a => a.Code == AlarmCode.Diverged));
        await standby.LoggedAsync(1, "F3 does not hold");
        await standby.UntilAsync(s => s is { Role: MemberRole.Standby, Znode: not null, DigestAgrees: true });
        await standby.LoggedAsync(2, "follows the journal from sequence ");
        await group.ReadyAsync();
        group.Fault();
        var active = await group.ActiveAsync();
        Assert.NotEqual(standby, active);
        await active.KillAsync();
        await standby.UntilRoleAsync(MemberRole.Active);
        await group.ReadyAsync();
        await group.FlowsAsync();
        Assert.Empty(standby.Exits);
        await group.FinishAsync();
    }
}
