using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Failover;
using Lockstep.Failover;
using Lockstep.Kafka;
using Lockstep.Kafka.InMemory;
using Lockstep.TestKit;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>Members of one group in this process over real Kafka and real ZooKeeper: every result exactly once, whatever fails.</summary>
[Collection(FailoverCluster.Name)]
public sealed class EngineMemberTests(FailoverCluster cluster, ITestOutputHelper output)
{
    [Fact]
    public async Task A_member_alone_becomes_active_and_publishes_every_result_once()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        group.Write(records: 50, eventsARecord: 3);
        var member = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        group.Write(records: 100);
        await group.JudgeAsync();
        Assert.Contains(member.Lines, l => l.Contains(
            "dfESPkafkaConnector::goActive(): Hot failover state switched to active", StringComparison.Ordinal));
        output.WriteLine($"commit {member.Status.CommitMs:F1} ms");
    }

    [Fact]
    public async Task Standby_follows_with_the_same_digest()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        var active = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var standby = await group.Start("b").Run().BecomesAsync(MemberRole.Standby);
        group.Write(records: 500);
        await group.JudgeAsync();
        await Eventually.TrueAsync(
            () => standby.Status.DigestSequence > 1 && standby.Status.JournalSequence >= active.Status.JournalSequence - 1,
            state: standby.Describe);
        Assert.True(standby.Status.DigestAgrees);
        Assert.Equal(active.Status.Znode, standby.Status.WatchedZnode);
    }

    [Fact]
    public async Task Records_that_go_through_the_windows_together_keep_their_own_ids()
    {
        await using var group = await TestGroup.CreateAsync(cluster, model: new TestModel { KafkaType = "csv", OneEventARecord = true });
        // Waiting for the first active: it finds them all at once.
        group.Write(records: 3_000);
        group.WriteRaw("not a number"u8.ToArray());
        group.Write(records: 500, eventsARecord: 3);
        group.WriteRaw("\n"u8.ToArray());
        group.Write(records: 700);
        var active = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var standby = await group.Start("b").Run().BecomesAsync(MemberRole.Standby);
        group.Write(records: 3_000);
        await group.JudgeAsync();
        await Eventually.TrueAsync(
            () => standby.Status.DigestSequence > 1 && standby.Status.JournalSequence >= active.Status.JournalSequence - 1,
            state: standby.Describe);
        Assert.True(standby.Status.DigestAgrees);
        await active.Member.SwitchoverAsync(null, TestGroup.Cancellation);
        await standby.BecomesAsync(MemberRole.Active);
        group.Write(records: 2_500);
        await group.JudgeAsync();

        var caused = IdsOf(group, group.Inbound, record => Enumerable.Repeat(record.Offset, LinesOf(record)));
        var said = IdsOf(group, group.Outbound, record => [OutboundStampCodec.Decode(record.Header(OutboundStamp.HeaderName)).MessageId.Offset]);
        Assert.Equal(10_700, caused.Count);
        Assert.Equal(caused, said);
    }

    private static List<long> IdsOf(TestGroup group, string topic, Func<KafkaRecord, IEnumerable<long>> ids)
    {
        using var reader = new PartitionReader(
            group.Bus, ReadIsolation.Committed, [new PartitionStart(topic, 0)], Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var all = new List<long>();
        while (reader.Poll(TimeSpan.FromSeconds(1)) is { } record)
        {
            all.AddRange(ids(record));
        }

        return all;
    }

    private static int LinesOf(KafkaRecord record) => System.Text.Encoding.UTF8.GetString(record.Value)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => line.StartsWith("i,", StringComparison.Ordinal));

    [Fact]
    public async Task Standby_publishes_when_the_active_ends_without_giving_over()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        var active = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var standby = await group.Start("b").Run().BecomesAsync(MemberRole.Standby);
        using var stop = new CancellationTokenSource();
        var writing = group.WriteSteadilyAsync(stop.Token);
        await Eventually.TrueAsync(() => active.Status.EventsOut > 200, state: active.Describe);
        await active.DisposeAsync();
        await standby.BecomesAsync(MemberRole.Active);
        await Eventually.TrueAsync(() => standby.Status.EventsOut > 200, state: standby.Describe);
        await stop.CancelAsync();
        await writing;
        var judge = await group.JudgeAsync();
        Assert.Equal([1, 2], judge.Epochs);
        output.WriteLine($"silence {judge.Silence.TotalMilliseconds} ms, commit {standby.Status.CommitMs:F1} ms");
    }

    [Fact]
    public async Task A_zombies_commit_is_refused_and_it_ends_fenced()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        using var held = new ManualResetEventSlim();
        using var reached = new ManualResetEventSlim();
        var zombie = group.Start("a", o => o with { Timings = new FailoverTimings { CommitFailureLimit = TimeSpan.FromMinutes(1) } });
        var hold = false;
        zombie.Member.BeforeSend = commit =>
        {
            if (Volatile.Read(ref hold) && commit.Outputs.Length > 0)
            {
                reached.Set();
                held.Wait(TimeSpan.FromMinutes(1));
            }
        };
        await zombie.Run().BecomesAsync(MemberRole.Active);
        var standby = await group.Start("b").Run().BecomesAsync(MemberRole.Standby);
        group.Write(records: 30);
        await Eventually.TrueAsync(() => zombie.Status.EventsOut >= 30, state: zombie.Describe);
        Volatile.Write(ref hold, true);
        group.Write(records: 30);
        await Eventually.TrueAsync(() => reached.IsSet, state: zombie.Describe);
        await group.DeleteZnodeAsync(zombie.Status.Znode!);
        await standby.BecomesAsync(MemberRole.Active);
        held.Set();
        var end = await zombie.EndsAsync();
        Assert.Equal(FailoverExit.Fenced, end.Exit);
        group.Write(records: 30);
        await group.JudgeAsync();
    }

    [Fact]
    public async Task Twenty_switchovers_under_load_lose_and_double_nothing()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        var members = new[]
        {
            await group.Start("a").Run().BecomesAsync(MemberRole.Active),
            await group.Start("b").Run().BecomesAsync(MemberRole.Standby),
        };
        using var stop = new CancellationTokenSource();
        var writing = group.WriteSteadilyAsync(stop.Token);
        for (var i = 0; i < 20; i++)
        {
            var (from, to) = (members[i % 2], members[(i + 1) % 2]);
            await Eventually.TrueAsync(() => from.Status.Candidates > 1, state: from.Describe);
            await from.Member.SwitchoverAsync(null, TestGroup.Cancellation);
            await to.BecomesAsync(MemberRole.Active);
        }

        await stop.CancelAsync();
        await writing;
        var judge = await group.JudgeAsync();
        Assert.InRange(judge.Epochs.Max, 21, 40);
        output.WriteLine($"longest silence {judge.Silence.TotalMilliseconds} ms over {judge.Events} events");
    }

    [Fact]
    public async Task Both_members_stopped_and_started_again_go_on_exactly_once()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        var first = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var second = await group.Start("b").Run().BecomesAsync(MemberRole.Standby);
        group.Write(records: 200);
        await group.JudgeAsync();
        await second.Member.StopAsync(TestGroup.Cancellation);
        Assert.Equal(FailoverExit.Stopped, (await second.EndsAsync()).Exit);
        await first.Member.StopAsync(TestGroup.Cancellation);
        Assert.Equal(FailoverExit.Stopped, (await first.EndsAsync()).Exit);
        group.Write(records: 200);
        await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var again = await group.Start("b").Run().BecomesAsync(MemberRole.Standby);
        group.Write(records: 200);
        await group.JudgeAsync();
        Assert.True(again.Status.DigestAgrees);
    }

    [Fact]
    public async Task A_member_recovers_from_a_snapshot_when_the_topics_were_purged()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        var quick = new EngineMemberLimits { SnapshotInterval = TimeSpan.FromMilliseconds(100) };
        var active = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var standby = await group.Start("b", o => o with { Limits = quick }).Run().BecomesAsync(MemberRole.Standby);
        group.Write(records: 300);
        await group.JudgeAsync();
        await standby.Member.StopAsync(TestGroup.Cancellation);
        Assert.NotNull(standby.NewestSnapshot());
        await group.PurgeAsync(keepJournal: 20);
        group.Write(records: 50);
        var back = await group.Start("b").Run().BecomesAsync(MemberRole.Standby);
        await Eventually.TrueAsync(() => active.Status.Candidates > 1, state: active.Describe);
        await active.Member.SwitchoverAsync(null, TestGroup.Cancellation);
        await back.BecomesAsync(MemberRole.Active);
        group.Write(records: 50);
        await group.JudgeAsync();
    }

    [Fact]
    public async Task Without_a_snapshot_a_member_behind_a_purged_journal_stays_recovering_until_a_peer_has_one()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        var active = await group.Start("a", o => o with { Address = "peer-a" }).Run().BecomesAsync(MemberRole.Active);
        group.Write(records: 300);
        await group.JudgeAsync();
        await group.PurgeAsync(keepJournal: 10);
        group.Write(records: 10);
        var late = group.Start("b").Run();
        await Eventually.TrueAsync(
            () => late.Status.Reason?.Contains("snapshot", StringComparison.Ordinal) == true, state: late.Describe);
        Assert.Equal(MemberRole.Recovering, late.Status.Role);
        Assert.Null(late.Status.Znode);
        Assert.Equal(MemberRole.Active, active.Status.Role);
    }

    [Fact]
    public async Task A_member_whose_inbound_topic_was_purged_completely_says_so_and_recovers_when_a_peer_has_a_snapshot()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        var lone = new EngineMemberLimits { LoneSnapshotInterval = TimeSpan.FromMilliseconds(100) };
        var active = await group.Start("a", o => o with { Limits = lone, Address = "peer-a" }).Run().BecomesAsync(MemberRole.Active);
        group.Write(records: 300);
        await group.JudgeAsync();
        await group.PurgeAsync(keepJournal: long.MaxValue);
        var gives = false;
        var late = group.Start("b", o => o with
        {
            FetchSnapshot = (_, _) => Task.FromResult<Stream?>(Volatile.Read(ref gives) ? active.Member.OpenSnapshot() : null),
        }).Run();
        await Eventually.TrueAsync(
            () => late.Status.Reason is { } reason && reason.Contains(group.Inbound, StringComparison.Ordinal)
                && reason.Contains("retention", StringComparison.Ordinal),
            state: late.Describe);
        Assert.Equal((MemberRole.Recovering, null), (late.Status.Role, late.Status.Znode));

        await Eventually.TrueAsync(() => active.NewestSnapshot() is not null, state: active.Describe);
        Volatile.Write(ref gives, true);
        await late.BecomesAsync(MemberRole.Standby);
        group.Write(records: 10);
        await group.JudgeAsync();
        await Eventually.TrueAsync(() => late.Status.DigestSequence > 1, state: late.Describe);
        Assert.True(late.Status.DigestAgrees);
    }

    [Fact]
    public async Task A_peers_snapshot_lets_a_member_recover_that_has_none()
    {
        await using var group = await TestGroup.CreateAsync(cluster);
        var quick = new EngineMemberLimits { SnapshotInterval = TimeSpan.FromMilliseconds(100) };
        await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var peer = await group.Start("b", o => o with { Limits = quick, Address = "peer-b" }).Run().BecomesAsync(MemberRole.Standby);
        group.Write(records: 300);
        await group.JudgeAsync();
        await Eventually.TrueAsync(() => File.Exists(peer.NewestSnapshot()), state: peer.Describe);
        await group.PurgeAsync(keepJournal: 3);
        group.Write(records: 10);
        var late = group.Start("c", o => o with
        {
            FetchSnapshot = (address, _) => Task.FromResult<Stream?>(address == "peer-b" ? peer.Member.OpenSnapshot() : null),
        });
        await late.Run().BecomesAsync(MemberRole.Standby);
        group.Write(records: 10);
        await group.JudgeAsync();
        await Eventually.TrueAsync(() => late.Status.DigestSequence > 1, state: late.Describe);
        Assert.True(late.Status.DigestAgrees);
    }

    [Fact]
    public async Task Brokers_in_memory_carry_a_group_without_fencing_and_say_so()
    {
        await using var brokers = MockBrokers.Start(brokers: 1);
        await using var group = await TestGroup.CreateAsync(
            cluster, new KafkaBusOptions { BootstrapServers = brokers.BootstrapServers });
        var active = await group.Start("a").Run().BecomesAsync(MemberRole.Active);
        var standby = await group.Start("b").Run().BecomesAsync(MemberRole.Standby);
        group.Write(records: 100);
        await Eventually.TrueAsync(() => active.Status.Candidates > 1, state: active.Describe);
        await active.Member.SwitchoverAsync("b", TestGroup.Cancellation);
        await standby.BecomesAsync(MemberRole.Active);
        group.Write(records: 100);
        await group.JudgeAsync();
        Assert.True(standby.Status.IsUnfenced);
        Assert.Contains(standby.Lines, l => l.Contains("in memory, unfenced", StringComparison.Ordinal));
    }
}
