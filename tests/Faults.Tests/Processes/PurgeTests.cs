using Lockstep.Contracts.Failover;
using Lockstep.Faults.Tests.Harness;
using Lockstep.TestKit;

namespace Lockstep.Faults.Tests.Processes;

/// <summary>Records are deleted behind the members, as retention or an operator does.</summary>
public sealed class PurgeTests(Servers servers)
{
    [Theory]
    [FaultRow("inbound topic purged behind a restarted member, its peer has a snapshot")]
    public async Task A_restarted_member_gets_its_peers_snapshot_when_the_inbound_topic_was_purged(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode);
        var active = await group.ActiveAsync();
        var purged = group.Inbound.Last!.Offset;
        await group.SnapshotsAsync(await group.StandbyAsync(), 1);
        group.Fault();
        await active.KillForGoodAsync();
        await group.FlowsAsync();
        await group.Admin.DeleteRecordsAsync(group.InboundTopic, purged, CancellationToken.None);
        active.StartAgain();
        await active.UntilRoleAsync(MemberRole.Standby);
        Assert.True(active.Logged("came from http://") > 0, active.Describe());
        await group.FinishAsync();
    }

    [Theory]
    [FaultRow("outbound topic purged")]
    public async Task Results_go_on_where_they_were_when_the_outbound_topic_was_purged(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode);
        await group.FlowsAsync(100);
        group.Fault();
        await group.Admin.DeleteRecordsAsync(group.OutboundTopic, group.Outbound.Last!.Offset, CancellationToken.None);
        await (await group.ActiveAsync()).KillAsync();
        await group.ReadyAsync();
        await group.FlowsAsync();
        await group.FinishAsync();
    }

    [Theory]
    [FaultRow("outbound topic empty")]
    public async Task Results_go_on_where_they_were_when_the_outbound_topic_holds_nothing(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode);
        await group.FlowsAsync(100);
        await group.QuietAsync();
        await group.Admin.DeleteRecordsAsync(group.OutboundTopic, group.Outbound.Last!.Offset + 2, CancellationToken.None);
        await (await group.ActiveAsync()).KillAsync();
        await group.ReadyAsync();
        group.Load.Rate = 1000;
        group.Fault();
        await group.FlowsAsync();
        await group.FinishAsync();
    }

    [Theory]
    [FaultRow("journal trimmed")]
    public async Task A_member_recovers_by_snapshot_when_the_journal_was_trimmed_and_takes_over(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode);
        var active = await group.ActiveAsync();
        var trimmed = group.Journal.Last!.Offset;
        var standby = await group.StandbyAsync();
        await group.SnapshotsAsync(standby, 1);
        await group.Admin.DeleteRecordsAsync(group.JournalTopic, trimmed, CancellationToken.None);
        group.Fault();
        await active.KillAsync();
        await group.ReadyAsync();
        group.Fault();
        await standby.KillAsync();
        await group.ReadyAsync();
        await group.FlowsAsync();
        var verdict = await group.FinishAsync();
        Assert.Equal(3, verdict.Epochs.Count);
    }
}
