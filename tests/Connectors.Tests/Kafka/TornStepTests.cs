using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Failover;
using Lockstep.Failover;
using Lockstep.Kafka;
using Lockstep.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>
/// Goal: a step of which outputs are visible without their journal record is repeated exactly, on a real broker, whatever part of it
/// is there. Method: the active's commit is held back, part of what it holds is committed in its place, and another takes over.
/// </summary>
[Collection(FailoverCluster.Name)]
public sealed class TornStepTests(FailoverCluster cluster)
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(int.MaxValue, false)]
    [InlineData(1, true)]
    [InlineData(int.MaxValue, true)]
    public async Task A_torn_step_is_repeated_and_only_what_is_missing_comes_out(int visible, bool hasTwoTopics)
    {
        var model = new TestModel { HasTwoTopics = hasTwoTopics, KafkaType = "csv", OneEventARecord = true };
        await using var group = await TestGroup.CreateAsync(cluster, model: model);
        using var release = new ManualResetEventSlim();
        JournalCommit? held = null;
        var hold = false;
        var torn = group.Start("a", o => o with { Timings = new FailoverTimings { CommitFailureLimit = TimeSpan.FromMinutes(1) } });
        torn.Member.BeforeSend = commit =>
        {
            if (Volatile.Read(ref hold) && commit.Outputs.Length > 2 && (!hasTwoTopics || commit.Outputs.DistinctBy(o => o.TopicIndex).Count() > 1))
            {
                // Its memory is lent until the commit has ended; values are only read before that.
                Volatile.Write(ref held, commit with { Outputs = [.. commit.Outputs] });
                release.Wait(TimeSpan.FromMinutes(1));
            }
        };
        await torn.Run().BecomesAsync(MemberRole.Active);
        var next = await group.Start("b").Run().BecomesAsync(MemberRole.Standby);
        group.Write(records: 30);
        await Eventually.TrueAsync(() => torn.Status.EventsOut >= 30, state: torn.Describe);
        Volatile.Write(ref hold, true);
        await Eventually.TrueAsync(
            () =>
            {
                // Again and again, until a step is large enough: which records make one depends on when they are read.
                Write(group, hasTwoTopics);
                return Volatile.Read(ref held) is not null;
            },
            state: torn.Describe);

        var shown = Show(group, held!, visible);
        await group.DeleteZnodeAsync(torn.Status.Znode!);
        await next.BecomesAsync(MemberRole.Active);
        release.Set();
        Assert.Equal(FailoverExit.Fenced, (await torn.EndsAsync()).Exit);
        Write(group, hasTwoTopics);

        List<OutboundRow> rows = [];
        await Eventually.TrueAsync(
            () =>
            {
                rows = OutboundRow.ReadAll(group.Bus, group.Outbound, next.Engine.SchemaOf(next.Engine.Find("cq", "out")), model);
                return rows.Count >= group.Written + group.WrittenRight;
            },
            TimeSpan.FromSeconds(60), () => $"{rows.Count} rows\n{next.Describe()}");
        Assert.Equal(group.Written + group.WrittenRight, rows.Count);
        var left = rows.Select(r => r.Counter).Where(c => c <= TestModel.RightFrom).ToList();
        Assert.Equal(Enumerable.Range(1, (int)group.Written).Select(n => (long)n), left);
        double sum = 0;
        for (var i = 0; i < rows.Count; i++)
        {
            sum += rows[i].Counter - (i >= 20 ? rows[i - 20].Counter : 0);
            Assert.Equal(sum, rows[i].Sum);
        }

        // What was there stayed where it was, and the rest of the step followed it under the same stamp.
        var step = rows.Where(r => r.Stamp.Epoch == held!.Record.Epoch && r.Stamp.Sequence == held.Record.Sequence).ToList();
        Assert.Equal(held!.Outputs.Count(o => TopicsOf(group)[o.TopicIndex] == group.Outbound), step.Count);
        Assert.InRange(shown, 1, held.Outputs.Length);

        if (hasTwoTopics)
        {
            var late = OutboundRow.ReadAll(
                group.Bus, group.OutboundLate, next.Engine.SchemaOf(next.Engine.Find("cq", "late")), model);
            Assert.Equal(
                Enumerable.Range(1, (int)group.WrittenRight).Select(n => TestModel.RightFrom + n), late.Select(r => r.Counter));
        }
    }

    private static void Write(TestGroup group, bool hasTwoTopics)
    {
        group.Write(records: 30);
        if (hasTwoTopics)
        {
            group.WriteRight(records: 30);
        }
    }

    /// <summary>Commits the first outputs of a commit without its journal record; gives how many.</summary>
    private static int Show(TestGroup group, JournalCommit commit, int count)
    {
        using var producer = new TransactionalProducer(group.Bus, group.Prefix + ".torn", TimeProvider.System, NullLogger.Instance);
        var topics = TopicsOf(group);
        producer.WarmUp(topics, TimeSpan.FromSeconds(30));
        Assert.True(producer.InitTransactions(TimeSpan.FromSeconds(30)).IsDone);
        Assert.True(producer.Begin().IsDone);
        var shown = commit.Outputs.Take(count).ToList();
        foreach (var output in shown)
        {
            producer.Send(
                topics[output.TopicIndex], output.Value.ToArray(), headers: [new KafkaHeader(OutboundStamp.HeaderName, RecordBytes.Encode(output.Stamp))]);
        }

        Assert.True(producer.Commit(TimeSpan.FromSeconds(30)).IsDone);
        return shown.Count;
    }

    /// <summary>Outbound topics by their index: in the order of the model.</summary>
    private static string[] TopicsOf(TestGroup group) => group.Model.HasTwoTopics ? [group.OutboundLate, group.Outbound] : [group.Outbound];
}
