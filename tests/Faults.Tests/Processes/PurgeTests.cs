using Lockstep.Contracts.Failover;
using Lockstep.Faults.Tests.Harness;
using Lockstep.TestKit;

namespace Lockstep.Faults.Tests.Processes;

/// <summary>Records are deleted behind the members, as retention or an operator does.</summary>
public sealed class PurgeTests(Servers servers)
{
    private const string None = "No snapshot that reaches further was found";

    [Theory]
    [FaultRow("inbound topic purged behind a restarted member, its peer has a snapshot")]
    public async Task A_restarted_member_gets_its_peers_snapshot_when_the_inbound_topic_was_purged(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode);
        var active = await group.ActiveAsync();
        var purged = group.Inbound.Last!.Offset;
        await (await group.StandbyAsync()).SnapshotsAsync(1);
        group.Fault();
        await active.KillForGoodAsync();
        await group.FlowsAsync();
        await group.Admin.DeleteRecordsAsync(group.InboundTopic, purged, CancellationToken.None);
        active.StartAgain();
        await active.UntilRoleAsync(MemberRole.Standby);
        await Eventually.TrueAsync(() => active.Logged("came from http://") > 0, state: active.Describe);
        await group.FinishAsync();
    }

    [Theory]
    [FaultRow("inbound topic purged behind a restarted member, no snapshot anywhere")]
    public async Task A_restarted_member_stays_recovering_and_says_why_until_a_peer_has_a_snapshot(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode);
        var standby = await group.StandbyAsync();
        await standby.KillForGoodAsync();
        if (Directory.Exists(standby.Folder))
        {
            Directory.Delete(standby.Folder, recursive: true);
        }

        group.Fault();
        await group.Admin.DeleteRecordsAsync(group.InboundTopic, group.Inbound.Last!.Offset, CancellationToken.None);
        standby.StartAgain();
        var status = await standby.UntilAsync(
            s => s is { Role: MemberRole.Recovering, Reason: { } reason } && reason.Contains(None, StringComparison.Ordinal));
        Assert.Null(status.Znode);
        await group.FlowsAsync(200);
        var later = await standby.UntilAsync(s => s.Role is not null);
        Assert.Equal(MemberRole.Recovering, later.Role);
        Assert.Contains(None, later.Reason, StringComparison.Ordinal);
        if (RowSize.Of(quick: 0, full: 1) == 1)
        {
            await standby.UntilRoleAsync(MemberRole.Standby); // The lone active writes a snapshot once a minute.
        }
        else
        {
            await standby.KillForGoodAsync();
        }

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
        await using var group = await FaultGroup.StartAsync(servers, mode, new FaultGroupOptions { KeepsSessions = true });
        var active = await group.ActiveAsync();
        var trimmed = group.Journal.Last!.Offset;
        var standby = await group.StandbyAsync();
        await standby.SnapshotsAsync(1);
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
