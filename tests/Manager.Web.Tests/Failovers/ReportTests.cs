using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Contracts.Hubs;
using Lockstep.Manager.Web.Failovers;
using Lockstep.Manager.Web.Supervision;

namespace Lockstep.Manager.Web.Tests.Failovers;

/// <summary>The parts that a report is put together from.</summary>
public sealed class ReportTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Phases_of_manager_and_member_come_in_order_of_time_with_what_each_took()
    {
        var facts = Facts() with
        {
            KilledAt = At.AddMilliseconds(-60),
            Death = new Death("g", "engine-a", 7, false, At.AddMilliseconds(-58), At.AddMilliseconds(-20), At.AddMilliseconds(-55)),
        };
        var takeover = new TakeoverPhases
        {
            BeganAt = At.AddMilliseconds(-53),
            ZnodeGone = true,
            Epoch = 8,
            ElectedMs = 3,
            FencedMs = 15,
            EndsKnownMs = 17,
            JournalAppliedMs = 20,
            ProducerReadyMs = 22,
            EpochStartMs = 30,
            FirstResultMs = 41,
        };
        ZnodeEventResource[] znodes = [new(At.AddMilliseconds(-54), "deleted", "/ESP/g/server-n_1", "engine-a", 9)];

        var phases = PhaseList.Of(facts, takeover, znodes);

        Assert.Equal(
            "killed 0, seen 2, sessionClosed 5, znodeGone 6, noticed 7, elected 10, fenced 22, endsKnown 24, journalApplied 27, "
            + "producerReady 29, epochStart 37, dead 40, firstResult 48",
            string.Join(", ", phases.Select(p => FormattableString.Invariant($"{p.Name} {p.AfterMs}"))));
        Assert.Equal(12, phases.Single(p => p.Name == "fenced").TookMs);
        Assert.Equal("engine-b", phases.Single(p => p.Name == "fenced").Observer);
    }

    [Fact]
    public void Without_the_members_own_times_the_managers_are_used() =>
        Assert.Equal(["asked", "epochStart"], PhaseList.Of(Facts() with { AskedAt = At.AddMilliseconds(-9) }, null, []).Select(p => p.Name));

    [Theory]
    [InlineData("killed", "ana", "engine-a was killed by ana; engine-b took over in epoch 8 within 48 ms")]
    [InlineData("switchover", "ana", "engine-a gave over, asked by ana; engine-b took over in epoch 8 within 48 ms")]
    [InlineData("paused", null, "engine-a stood still and was put to death by the supervisor; engine-b took over")]
    [InlineData("sessionExpired", null, "engine-a lost its ZooKeeper session; engine-b took over")]
    [InlineData("emergency", null, "engine-a went silent while ZooKeeper was out of reach; engine-b took over")]
    public void The_sentence_says_who_why_and_how_long(string cause, string? actor, string begin) =>
        Assert.StartsWith(
            begin, ReportSentence.Of(Facts().Failover with { Cause = cause, Actor = actor }, 48, [Clean]), StringComparison.Ordinal);

    [Fact]
    public void The_worst_topic_decides_the_verdict_and_the_longest_silence_counts()
    {
        var quiet = Clean with { Verdict = "quiet", SilenceMs = null };
        var broken = Clean with { Verdict = "broken", Lost = 3, SilenceMs = 900 };

        Assert.Equal("clean", ReportSentence.VerdictOf([Clean]));
        Assert.Equal("quiet", ReportSentence.VerdictOf([Clean, quiet]));
        Assert.Equal("broken", ReportSentence.VerdictOf([Clean, quiet, broken]));
        Assert.Equal("unknown", ReportSentence.VerdictOf([]));
        Assert.Equal(900, ReportSentence.SilenceOf([Clean, quiet, broken]));
        Assert.Null(ReportSentence.SilenceOf([]));
        Assert.Contains(
            "3 lost, 0 duplicated, 0 out of order in 200 records read, 900 ms of silence.",
            ReportSentence.Of(Facts().Failover, null, [Clean, broken]), StringComparison.Ordinal);
    }

    [Fact]
    public void Log_lines_near_the_switch_are_read_from_the_file_and_else_from_what_was_pushed()
    {
        var file = Path.GetTempFileName();
        WorkerLogLine[] pushed = [new(At, "Warning", "C", "pushed")];
        try
        {
            File.WriteAllText(file, "2026-03-01T11:59:40.000Z info A far\n2026-03-01T11:59:59.500Z fail A b c\nno line of ours\n");

            var line = Assert.Single(LogExcerpt.Of("engine-a", file, pushed, At, TimeSpan.FromSeconds(10)));
            Assert.Equal(("engine-a", "Error", "A", "b c", At.AddMilliseconds(-500)), (line.Member, line.Level, line.Category, line.Message, line.At));
        }
        finally
        {
            File.Delete(file);
        }

        Assert.Equal("pushed", Assert.Single(LogExcerpt.Of("engine-a", file, pushed, At, TimeSpan.FromSeconds(10))).Message);
        Assert.Equal("pushed", Assert.Single(LogExcerpt.Of("engine-a", null, pushed, At, TimeSpan.FromSeconds(10))).Message);
    }

    [Fact]
    public void The_markdown_has_ids_phases_znodes_and_logs()
    {
        var text = ReportMarkdown.Of(Report());

        Assert.StartsWith("# Failover 3 of g\n", text, StringComparison.Ordinal);
        Assert.Contains("| killed | 12:00:00.000 | 0.0 | 0.0 | manager |\n", text, StringComparison.Ordinal);
        Assert.Contains("0:2 (q 2) by engine-a, epoch 7, offset 4 | 0:3 (q 3) by engine-b, epoch 8, offset 6", text, StringComparison.Ordinal);
        Assert.Contains("| 12:00:00.000 | deleted | /ESP/g/server-n_1 | engine-a | 9 |", text, StringComparison.Ordinal);
        Assert.Contains("12:00:00.000 engine-b Information hello", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_draft_waits_for_logs_and_for_the_first_record_but_not_for_ever()
    {
        var draft = new ReportDraft(Facts(), ["t"]);
        Assert.Equal(At.AddSeconds(1), draft.NextAt);

        draft.Looked(At.AddSeconds(1));
        Assert.Equal((false, At.AddSeconds(10)), (draft.IsComplete, draft.NextAt));
        draft.Looked(At.AddSeconds(10));
        Assert.Equal((false, At.AddSeconds(15)), (draft.IsComplete, draft.NextAt));
        draft.Verdicts = [Clean];
        draft.Looked(At.AddSeconds(15));
        Assert.True(draft.IsComplete);

        var quiet = new ReportDraft(Facts(), ["t"]);
        quiet.Looked(At.AddSeconds(60));
        Assert.True(quiet.IsComplete);
    }

    internal static TopicVerdictResource Clean => new(
        "t", new OutputPointResource(4, 2, "0:2", "engine-a", 7, At), new OutputPointResource(6, 3, "0:3", "engine-b", 8, At.AddMilliseconds(84)),
        new CheckedRange(0, 198, 1, 100, 100), 0, 0, 0, 84, "clean", null);

    internal static FailoverReportResource Report(int number = 3) => new()
    {
        Group = "g",
        Failover = Facts().Failover with { Number = number, Verdict = "clean" },
        Summary = "engine-a was killed.",
        Phases = [new("killed", At, 0, 0, "manager"), new("epochStart", At.AddMilliseconds(48), 48, 48, "engine-b")],
        TotalMs = 48,
        Znodes = [new(At, "deleted", "/ESP/g/server-n_1", "engine-a", 9)],
        Log = [new(At, "engine-b", "Information", "C", "hello")],
        Topics = [Clean],
        IsComplete = true,
    };

    private static FailoverFacts Facts() => new(
        "g", new FailoverResource(3, At, "engines", "engine-a", "engine-b", 8, "killed", 60), "/ESP/g", 7, null, null, null, null);
}
