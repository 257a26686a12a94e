using System.Collections.Concurrent;
using Lockstep.Contracts.Failover;
using Lockstep.Faults.Tests.Harness;
using Lockstep.TestKit;

namespace Lockstep.Faults.Tests.Processes;

/// <summary>Standbys, whole groups and supervisors end and come back.</summary>
public sealed class RestartTests(Servers servers)
{
    [Theory]
    [FaultRow("standby killed and restarted 20 times")]
    public async Task A_standby_killed_again_and_again_changes_nothing_and_recovers_from_a_snapshot(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode, new FaultGroupOptions { KeepsSessions = true });
        var standby = await group.StandbyAsync();
        await standby.SnapshotsAsync(1);
        group.Fault();
        for (var i = 0; i < RowSize.Of(quick: 5, full: 20); i++)
        {
            await standby.KillAsync();
            await standby.UntilRoleAsync(MemberRole.Standby);
        }

        await group.ReadyAsync();
        await standby.LoggedAsync(standby.Exits.Count + 1, "follows the journal from sequence ");
        await standby.LoggedAsync(1, "follows the journal from sequence 0,");
        var verdict = await group.FinishAsync();
        Assert.Single(verdict.Epochs);
    }

    [Theory]
    [FaultRow("both killed, restarted")]
    public async Task A_group_killed_whole_goes_on_at_the_journals_end(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode);
        for (var i = 0; i < 3; i++)
        {
            group.Fault();
            await Task.WhenAll(group.Members.Select(m => m.KillAsync()));
            await group.ReadyAsync();
            await group.FlowsAsync();
        }

        var verdict = await group.FinishAsync();
        Assert.True(verdict.Epochs.Count > 3, verdict.ToString());
    }

    [Theory]
    [FaultRow("active killed, and who takes over too")]
    public async Task The_third_takes_over_when_the_second_dies_while_it_takes_over(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode, new FaultGroupOptions { Members = 3 });
        var isArmed = 0;
        ConcurrentQueue<Task> deaths = new();
        foreach (var member in group.Members)
        {
            member.Line += line =>
            {
                if (line.Contains("-> Acquiring", StringComparison.Ordinal) && Interlocked.Exchange(ref isArmed, 0) == 1)
                {
                    deaths.Enqueue(member.KillAsync());
                }
            };
        }

        for (var i = 0; i < RowSize.Of(quick: 2, full: 4); i++)
        {
            var active = await group.ActiveAsync();
            Interlocked.Exchange(ref isArmed, 1);
            group.Fault();
            await active.KillAsync();
            await Eventually.TrueAsync(() => deaths.Count == i + 1, state: group.Describe);
            await group.ReadyAsync();
            await group.FlowsAsync();
        }

        await Task.WhenAll(deaths);
        await group.FinishAsync();
    }

    [Theory]
    [FaultRow("supervisor killed")]
    public async Task Engines_go_on_without_supervisor_and_a_new_one_finds_them(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode, new FaultGroupOptions { KeepsSessions = true });
        group.Fault();
        await group.KillSupervisorAsync();
        await group.FlowsAsync();
        var active = await group.ActiveAsync();
        Assert.Empty(active.Exits);
        group.StartSupervisor();
        await Eventually.TrueAsync(() => group.Supervisor!.Count == group.Members.Count, state: group.Describe);
        group.Fault();
        await active.KillAsync();
        await group.ReadyAsync();
        await group.FlowsAsync();
        var verdict = await group.FinishAsync();
        Assert.Equal(2, verdict.Epochs.Count);
    }
}
