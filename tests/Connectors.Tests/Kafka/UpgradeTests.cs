using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Failover;
using Lockstep.Engine.State.Migration;
using Lockstep.Failover;
using Lockstep.TestKit;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>
/// A running group handed over to another version of its project and back, over real Kafka and real ZooKeeper: every result
/// exactly once, whoever dies on which side of the handover.
/// </summary>
[Collection(FailoverCluster.Name)]
public sealed class UpgradeTests(FailoverCluster cluster, ITestOutputHelper output)
{
    private const string MoreWindows = """
        </window-calculate><window-filter name="big"><expression>Record_Counter &gt; 5</expression></window-filter>
        <window-compute name="count"><expr-initialize><initializer type="int32">integer n n=0</initializer></expr-initialize>
        <schema-string>index_esp*:int64,n:int64</schema-string><output><field-expr>n = n + 1 return n</field-expr></output></window-compute>
        """;

    private static readonly EngineMemberLimits Quick = new()
    {
        SnapshotInterval = TimeSpan.FromMilliseconds(100),
        DigestInterval = TimeSpan.FromMilliseconds(50),
    };

    private static readonly MigrationChoices CountStartsEmpty = new(["cq/count"], []);

    [Fact]
    public async Task A_group_under_load_is_handed_over_to_a_new_version_and_back()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        var old = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var standby = await group.Start("b").Run().BecomesAsync(MemberRole.Standby);
        using var stop = new CancellationTokenSource();
        var writing = group.WriteSteadilyAsync(stop.Token);
        var next = await Newer(group).Start("c").Run().BecomesAsync(MemberRole.Shadow);
        await CompareAsync(next, 200);
        Assert.Null(next.Status.Znode);
        await old.Member.HandOverAsync("c", "new", TestGroup.Cancellation);
        await next.BecomesAsync(MemberRole.Active);
        await old.BecomesAsync(MemberRole.Shadow);
        await standby.BecomesAsync(MemberRole.Shadow);
        await CompareAsync(old, 200);
        await next.Member.HandOverAsync("a", "test", TestGroup.Cancellation);
        await old.BecomesAsync(MemberRole.Active);
        await next.BecomesAsync(MemberRole.Shadow);
        await standby.BecomesAsync(MemberRole.Standby);
        await Eventually.TrueAsync(() => old.Status.EventsOut > 300, state: old.Describe);
        await stop.CancelAsync();
        await writing;
        var judge = await group.JudgeAsync();
        Assert.Equal([1, 2, 3], judge.Epochs);
        Assert.All([old, standby, next], m => Assert.Equal(0, m.Status.AuditFindings));
        output.WriteLine($"longest silence {judge.Silence.TotalMilliseconds} ms over {judge.Events} events");
    }

    [Fact]
    public async Task A_shadow_takes_the_state_of_the_former_version_over_when_the_topics_were_purged()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        var old = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var peer = await group.Start("b", o => o with { Limits = Quick, Address = "peer-b" }).Run().BecomesAsync(MemberRole.Standby);
        group.Write(records: 300);
        await group.JudgeAsync();
        await Eventually.TrueAsync(() => File.Exists(peer.NewestSnapshot()), state: peer.Describe);
        await group.PurgeAsync(keepJournal: 3);
        group.Write(records: 10);
        var refused = Newer(group).Start("undecided", migrates: true).Run();
        await Eventually.TrueAsync(
            () => refused.Status.Reason?.Contains("cq/count", StringComparison.Ordinal) == true, state: refused.Describe);
        Assert.Equal(MemberRole.Recovering, refused.Status.Role);
        var anew = Newer(group).Start("anew").Run();
        await Eventually.TrueAsync(
            () => anew.Status.Reason?.Contains("snapshot", StringComparison.Ordinal) == true, state: anew.Describe);
        var next = await Newer(group).Start("c", migrates: true, CountStartsEmpty).Run().BecomesAsync(MemberRole.Shadow);
        Assert.Equal(
            ["cq/source Kept", "cq/out Kept", "cq/big Stateless", "cq/count StartedEmpty"],
            next.Status.Migration.Select(w => $"{w.Window} {w.Outcome}"));
        await old.Member.HandOverAsync("c", "new", TestGroup.Cancellation);
        await next.BecomesAsync(MemberRole.Active);
        group.Write(records: 100);
        await group.JudgeAsync();
    }

    [Fact]
    public async Task A_member_of_another_version_that_is_no_shadow_is_refused()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        group.Write(records: 20);
        await group.JudgeAsync();
        var stranger = Newer(group).Start("b", change: o => o with { Shadow = null }).Run();
        await Eventually.TrueAsync(
            () => stranger.Status.Reason?.Contains("another model", StringComparison.Ordinal) == true, state: stranger.Describe);
        Assert.Equal((MemberRole.Recovering, null), (stranger.Status.Role, stranger.Status.Znode));
    }

    [Fact]
    public async Task The_first_row_that_differs_is_shown_with_both_texts()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var shorter = group.Version("short", xml => xml.Replace(">20<", ">10<", StringComparison.Ordinal));
        var next = await shorter.Start("b").Run().BecomesAsync(MemberRole.Shadow);
        group.Write(records: 30);
        await Eventually.TrueAsync(() => next.Status.Comparison is [{ Different: 20 }], state: next.Describe);
        var seen = Assert.Single(next.Status.Comparison);
        Assert.Equal((10, 0, 0), (seen.Equal, seen.Missing, seen.Added));
        Assert.Equal((11, "I,N, 10,11,66.000000", "I,N, 10,11,65.000000"), (seen.First!.Q, seen.First.Live, seen.First.Shadow));
    }

    [Fact]
    public async Task The_other_member_of_the_new_version_takes_the_state_of_the_one_that_began()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        var old = await group.Start("a", o => o with { Address = "peer-a" }).Run().BecomesAsync(MemberRole.Active);
        var peer = await group.Start("b", o => o with { Limits = Quick, Address = "peer-b" }).Run().BecomesAsync(MemberRole.Standby);
        group.Write(records: 50);
        await group.JudgeAsync();
        await Eventually.TrueAsync(() => File.Exists(peer.NewestSnapshot()), state: peer.Describe);
        var first = await Newer(group).Start("c", change: o => o with { Limits = Quick }).Run().BecomesAsync(MemberRole.Shadow);
        var other = await Newer(group).Start("d", migrates: true, CountStartsEmpty, o => o with { Limits = Quick }).Run()
            .BecomesAsync(MemberRole.Shadow);
        await Eventually.TrueAsync(() => File.Exists(first.NewestSnapshot()), state: first.Describe);
        await old.Member.HandOverAsync("c", "new", TestGroup.Cancellation);
        await first.BecomesAsync(MemberRole.Active);
        await other.BecomesAsync(MemberRole.Standby);
        group.Write(records: 50);
        await group.JudgeAsync();
        await Eventually.TrueAsync(() => other.Status.DigestSequence > 1, state: other.Describe);
        Assert.True(other.Status.DigestAgrees);
    }

    [Fact]
    public async Task The_old_active_dies_after_the_handover_and_the_new_version_goes_on()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        using var held = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        var old = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var standby = await group.Start("b").Run().BecomesAsync(MemberRole.Standby);
        var writing = group.WriteSteadilyAsync(stop.Token);
        var dying = Newer(group).Start("c");
        dying.Member.BeforeSend = commit => held.Wait(TimeSpan.FromMinutes(1));
        await dying.Run().BecomesAsync(MemberRole.Shadow);
        var next = await Newer(group).Start("d").Run().BecomesAsync(MemberRole.Shadow);
        await old.Member.HandOverAsync("c", "new", TestGroup.Cancellation);
        await dying.BecomesAsync(MemberRole.Acquiring);
        await old.DisposeAsync();
        await dying.DisposeAsync();
        held.Set();
        await next.BecomesAsync(MemberRole.Active);
        await standby.BecomesAsync(MemberRole.Shadow);
        await Eventually.TrueAsync(() => next.Status.EventsOut > 100, state: next.Describe);
        await stop.CancelAsync();
        await writing;
        await group.JudgeAsync();
    }

    [Fact]
    public async Task The_new_active_dies_right_after_its_epoch_start_and_its_version_goes_on()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        using var held = new ManualResetEventSlim();
        using var reached = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        var old = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var writing = group.WriteSteadilyAsync(stop.Token);
        var dying = Newer(group).Start("c");
        dying.Member.BeforeSend = commit =>
        {
            if (commit.Record.Kind != JournalRecordKind.EpochStart)
            {
                reached.Set();
                held.Wait(TimeSpan.FromMinutes(1));
            }
        };
        await dying.Run().BecomesAsync(MemberRole.Shadow);
        var next = await Newer(group).Start("d").Run().BecomesAsync(MemberRole.Shadow);
        await old.Member.HandOverAsync("c", "new", TestGroup.Cancellation);
        await Eventually.TrueAsync(() => reached.IsSet, state: dying.Describe);
        await dying.DisposeAsync();
        held.Set();
        await next.BecomesAsync(MemberRole.Active);
        Assert.Equal(MemberRole.Shadow, old.Status.Role);
        await Eventually.TrueAsync(() => next.Status.EventsOut > 100, state: next.Describe);
        await stop.CancelAsync();
        await writing;
        await group.JudgeAsync();
    }

    [Fact]
    public async Task A_version_that_nobody_runs_gives_the_group_back_after_the_limit()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        var timings = new FailoverTimings { HandoverLimit = TimeSpan.FromSeconds(1) };
        var old = await group.Start("a", o => o with { Timings = timings }).Run().BecomesAsync(MemberRole.Active);
        group.Write(records: 30);
        await old.Member.HandOverAsync(null, "nobody", TestGroup.Cancellation);
        group.Write(records: 30);
        await old.BecomesAsync(MemberRole.Active);
        await group.JudgeAsync();
    }

    [Fact]
    public async Task The_old_version_takes_the_group_back_from_one_that_is_gone()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        var old = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var next = await Newer(group).Start("b").Run().BecomesAsync(MemberRole.Shadow);
        await old.Member.HandOverAsync("b", "new", TestGroup.Cancellation);
        await next.BecomesAsync(MemberRole.Active);
        group.Write(records: 30);
        await group.JudgeAsync();
        await next.DisposeAsync();
        group.Write(records: 30);
        old.Member.TakeBack();
        await old.BecomesAsync(MemberRole.Active);
        await group.JudgeAsync();
        var late = await Newer(group).Start("b").Run().BecomesAsync(MemberRole.Shadow);
        Assert.Equal("test", late.Status.WritesDigest);
    }

    [Fact]
    public async Task A_version_with_another_topic_in_front_goes_on_counting_on_each_topic()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        var old = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var wider = group.Version("wide", xml => Reordered(xml, group));
        var next = await wider.Start("b").Run().BecomesAsync(MemberRole.Shadow);
        group.Write(records: 40);
        await group.JudgeAsync();
        await CompareAsync(next, 40, topic: 1);
        await old.Member.HandOverAsync("b", "wide", TestGroup.Cancellation);
        await next.BecomesAsync(MemberRole.Active);
        group.Write(records: 40);
        await group.JudgeAsync();
        await next.Member.HandOverAsync("a", "test", TestGroup.Cancellation);
        await old.BecomesAsync(MemberRole.Active);
        await next.BecomesAsync(MemberRole.Shadow);
        group.Write(records: 40);
        await group.JudgeAsync();
        // The topic that only the new version writes goes on behind what lies there, also by a member that knows nothing of it.
        await next.DisposeAsync();
        var again = await wider.Start("c").Run().BecomesAsync(MemberRole.Shadow);
        await old.Member.HandOverAsync("c", "wide", TestGroup.Cancellation);
        await again.BecomesAsync(MemberRole.Active);
        group.Write(records: 40);
        await group.JudgeAsync();
        await Eventually.TrueAsync(() => again.Status.EventsOut >= 60, state: again.Describe);
        Assert.Equal(0, again.Status.AuditFindings);
    }

    /// <summary>With two windows more, neither of which writes.</summary>
    private static TestVersion Newer(TestGroup group) => group.Version("new", xml => xml
        .Replace("</window-calculate>", MoreWindows, StringComparison.Ordinal)
        .Replace("<edges>", """<edges><edge source="out" target="big"/><edge source="source" target="count"/>""", StringComparison.Ordinal));

    /// <summary>With a window before the others that writes a topic of its own.</summary>
    private static string Reordered(string xml, TestGroup group) => xml
        .Replace("<windows>", $"""
            <windows><window-filter name="odd"><expression>Record_Counter % 2 == 1</expression>
            <connectors><connector class="kafka" name="kafka_ODD"><properties><property name="type">sub</property>
            <property name="hotfailover">true</property><property name="zookeeperhostport">h:2181</property>
            <property name="kafkahostport">h:9092</property><property name="kafkatopic">{group.Prefix}.odd</property>
            <property name="kafkatype">binary</property><property name="urlhostport">{group.Prefix}</property>
            </properties></connector></connectors></window-filter>
            """, StringComparison.Ordinal)
        .Replace("<edges>", """<edges><edge source="source" target="odd"/>""", StringComparison.Ordinal);

    private static async Task CompareAsync(TestMember shadow, long rows, int topic = 0)
    {
        await Eventually.TrueAsync(
            () => shadow.Status.Comparison.Length > topic && shadow.Status.Comparison[topic].Equal >= rows, state: shadow.Describe);
        var seen = shadow.Status.Comparison[topic];
        Assert.Equal((0, 0, 0, null), (seen.Different, seen.Missing, seen.Added, seen.First));
    }
}
