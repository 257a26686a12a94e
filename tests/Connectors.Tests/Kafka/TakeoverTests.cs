using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Failover;
using Lockstep.Kafka;
using Lockstep.TestKit;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>
/// Goal: every result once and in order through takeovers of groups that have several topics, text records, or a journal that is
/// trimmed under them. Method: members in this process over real servers, under load; a kill ends a member without giving over.
/// </summary>
[Collection(FailoverCluster.Name)]
public sealed class TakeoverTests(FailoverCluster cluster)
{
    private const int SumOver = 20;

    [Fact]
    public async Task Two_inbound_and_two_outbound_topics_give_every_result_once_through_kills_and_switchovers()
    {
        await using var group = await TestGroup.CreateAsync(cluster, model: new TestModel { HasTwoTopics = true });
        var active = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var standby = await group.Start("b").Run().BecomesAsync(MemberRole.Standby);
        using var stop = new CancellationTokenSource();
        var writing = group.WriteSteadilyAsync(stop.Token);
        for (var i = 0; i < 6; i++)
        {
            var before = active;
            await Eventually.TrueAsync(() => before.Status is { EventsOut: > 200, Candidates: > 1 }, state: before.Describe);
            if (i % 2 == 0)
            {
                await active.DisposeAsync();
                active = await standby.BecomesAsync(MemberRole.Active);
                standby = await group.Start(active.Options.Member == "a" ? "b" : "a").Run().BecomesAsync(MemberRole.Standby);
            }
            else
            {
                await active.Member.SwitchoverAsync(null, TestGroup.Cancellation);
                (active, standby) = (await standby.BecomesAsync(MemberRole.Active), active);
            }
        }

        await stop.CancelAsync();
        await writing;
        List<OutboundRow> all = [], late = [];
        await Eventually.TrueAsync(
            () =>
            {
                all = OutboundRow.ReadAll(group.Bus, group.Outbound, SchemaOf(active, "out"), group.Model);
                late = OutboundRow.ReadAll(group.Bus, group.OutboundLate, SchemaOf(active, "late"), group.Model);
                return all.Count >= group.Written + group.WrittenRight && late.Count >= group.WrittenRight;
            },
            TimeSpan.FromSeconds(60),
            () => $"{all.Count} and {late.Count} of {group.Written} and {group.WrittenRight}\n{active.Describe()}");

        // Each topic's events in order, whichever way the two were woven; the sums go over both and are unbroken.
        Assert.Equal(Numbers(0, group.Written), all.Select(r => r.Counter).Where(c => c <= TestModel.RightFrom));
        Assert.Equal(Numbers(TestModel.RightFrom, group.WrittenRight), all.Select(r => r.Counter).Where(c => c > TestModel.RightFrom));
        Assert.Equal(Numbers(TestModel.RightFrom, group.WrittenRight), late.Select(r => r.Counter));
        double sum = 0;
        for (var i = 0; i < all.Count; i++)
        {
            sum += all[i].Counter - (i >= SumOver ? all[i - SumOver].Counter : 0);
            Assert.Equal(sum, all[i].Sum);
        }

        Assert.True(all.Select(r => r.Stamp.Epoch.Value).Distinct().Count() >= 7, "not every takeover wrote something");
        Assert.True(standby.Status.DigestAgrees);
    }

    [Fact]
    public async Task Text_records_of_one_event_each_come_out_once_through_kills()
    {
        await using var group = await TestGroup.CreateAsync(cluster, model: new TestModel { KafkaType = "csv", OneEventARecord = true });
        var active = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var standby = await group.Start("b").Run().BecomesAsync(MemberRole.Standby);
        using var stop = new CancellationTokenSource();
        var writing = group.WriteSteadilyAsync(stop.Token);
        for (var i = 0; i < 4; i++)
        {
            var before = active;
            await Eventually.TrueAsync(() => before.Status is { EventsOut: > 200, Candidates: > 1 }, state: before.Describe);
            await active.DisposeAsync();
            active = await standby.BecomesAsync(MemberRole.Active);
            standby = await group.Start(i % 2 == 0 ? "a" : "b").Run().BecomesAsync(MemberRole.Standby);
        }

        await stop.CancelAsync();
        await writing;
        var judge = await group.JudgeAsync();
        Assert.True(judge.Epochs.Count >= 4, string.Join(' ', judge.Epochs));
        var rows = OutboundRow.ReadAll(group.Bus, group.Outbound, SchemaOf(active, "out"), group.Model);
        Assert.Equal(rows.Count, rows.Select(r => r.Stamp.Q).Distinct().Count());
    }

    [Fact]
    public async Task The_journal_is_trimmed_under_members_that_are_killed_and_come_back()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        EngineMemberOptions Quick(EngineMemberOptions options) => options with
        {
            Address = options.Member,
            FetchSnapshot = (address, _) => group.SnapshotOfAsync(address),
            Limits = new EngineMemberLimits
            {
                SnapshotInterval = TimeSpan.FromMilliseconds(100),
                DigestInterval = TimeSpan.FromMilliseconds(50),
                JournalKept = 20,
            },
        };
        var active = await group.Start("a", Quick).Run().BecomesAsync(MemberRole.Active);
        var standby = await group.Start("b", Quick).Run().BecomesAsync(MemberRole.Standby);
        using var stop = new CancellationTokenSource();
        var writing = group.WriteSteadilyAsync(stop.Token);
        var begins = 0L;
        for (var i = 0; i < 5; i++)
        {
            var (before, trims, least) = (active, standby, begins);
            await Eventually.TrueAsync(() => before.Status.Candidates > 1, state: before.Describe);
            await Eventually.TrueAsync(async () => (begins = await JournalBeginsAsync(group)) > least, state: trims.Describe);
            if (i % 2 == 0)
            {
                await active.DisposeAsync();
                active = await standby.BecomesAsync(MemberRole.Active);
            }
            else
            {
                await standby.DisposeAsync();
            }

            standby = await group.Start(active.Options.Member == "a" ? "b" : "a", Quick).Run().BecomesAsync(MemberRole.Standby);
        }

        // One that never had a snapshot finds the journal's beginning gone, and gets a peer's.
        var late = await group.Start("c", Quick).Run().BecomesAsync(MemberRole.Standby);
        await stop.CancelAsync();
        await writing;
        await group.JudgeAsync();
        Assert.True(begins > 0);
        await Eventually.TrueAsync(() => late.Status.DigestSequence > 1, state: late.Describe);
        Assert.True(late.Status.DigestAgrees);
    }

    private static async Task<long> JournalBeginsAsync(TestGroup group) => (await group.Admin.ListOffsetsAsync(
        [group.Journal], OffsetEnd.Earliest, ReadIsolation.Committed, TestGroup.Cancellation))[group.Journal];

    private static Contracts.Events.Schema SchemaOf(TestMember member, string window) =>
        member.Engine.SchemaOf(member.Engine.Find("cq", window));

    private static IEnumerable<long> Numbers(long after, long count)
    {
        for (var n = after + 1; n <= after + count; n++)
        {
            yield return n;
        }
    }
}
