using Lockstep.Contracts.Api;
using Lockstep.Contracts.Projects;
using Lockstep.Manager.Web.Deployments;
using Lockstep.Manager.Web.Retention;

namespace Lockstep.Manager.Web.Tests.Retention;

/// <summary>Goal: what endangers a rebuild is named, and nothing else. Method: facts in, findings and minutes out.</summary>
public sealed class RetentionJudgeTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Topics_that_keep_for_days_and_a_journal_without_limit_are_good()
    {
        var (resource, findings) = Judge(Inbound(), Journal());

        Assert.Empty(findings);
        Assert.Equal((null, 10080, "t.I"), (resource.RebuildMinutes, resource.KeptMinutes, resource.LimitedBy));
        Assert.Equal(
            "A restarted engine can rebuild from the beginning: nothing has been deleted. Settings promise 7 days (retention.ms=604800000 of t.I).",
            resource.Sentence);
    }

    [Theory]
    [InlineData("compact", true)]
    [InlineData("compact,delete", true)]
    [InlineData("delete", false)]
    public void A_compacted_inbound_topic_is_an_error_that_names_its_tombstones(string policy, bool isFound)
    {
        var (_, findings) = Judge(With(Inbound(), ("cleanup.policy", policy), ("delete.retention.ms", "86400000")), Journal());

        var found = findings.SingleOrDefault();
        Assert.Equal(isFound, found is { IsError: true, Code: "LS5006", Subject: "t.I" });
        Assert.Equal(isFound, found?.Message.Contains("24 hours, delete.retention.ms", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData(2, 20_000, true)]
    [InlineData(2, 40_000, false)]
    [InlineData(1, 40_000, true)]
    public void Retention_shorter_than_the_snapshots_kept_is_found(int engines, int ms, bool isFound)
    {
        var (_, findings) = RetentionJudge.Judge(Facts(With(Inbound(), ("retention.ms", $"{ms}")), Journal()) with { Engines = engines });

        Assert.Equal(isFound ? ["snapshots"] : [], findings.Select(f => f.Rule));
    }

    [Fact]
    public void Retention_shorter_than_the_models_window_is_found_with_what_to_set()
    {
        var topic = With(Inbound(), ("retention.ms", "600000")) with { Window = new WindowRetention("q/w", TimeSpan.FromMinutes(30)) };

        var finding = Assert.Single(Judge(topic, Journal()).Findings);
        Assert.Equal(("LS5006", false, "window"), (finding.Code, finding.IsError, finding.Rule));
        Assert.Contains(
            "keeps records for 10 minutes (retention.ms=600000), but window q/w keeps rows for 30 minutes", finding.Message, StringComparison.Ordinal);
        Assert.Contains("at least 1800000.", finding.Message, StringComparison.Ordinal);
        Assert.Empty(Judge(topic with { Window = new WindowRetention("q/w", TimeSpan.FromMinutes(10)) }, Journal()).Findings);
    }

    [Fact]
    public void Retention_by_size_counts_at_the_growth_seen()
    {
        var topic = With(Inbound(), ("retention.bytes", "102400")) with { BytesPerSecond = 10_240 };

        var (resource, findings) = Judge(topic, Journal());
        Assert.Equal("snapshots", Assert.Single(findings).Rule);
        Assert.Equal(Math.Round(10 / 60.0, 2), resource.KeptMinutes);
        Assert.Contains("retention.bytes=102400 at 10 KiB/s", findings[0].Message, StringComparison.Ordinal);
        Assert.Empty(Judge(topic with { BytesPerSecond = null }, Journal()).Findings);
    }

    [Theory]
    [InlineData(true, "retention.ms", "604800000")]
    [InlineData(true, "retention.bytes", "1000")]
    [InlineData(false, "retention.bytes", "1000")]
    public void A_journal_with_a_limit_is_found_and_one_to_be_made_too(bool exists, string name, string value)
    {
        var finding = Assert.Single(Judge(Inbound(), With(Journal() with { Exists = exists }, (name, value))).Findings);

        Assert.Equal(("LS5006", "t.J", "journal"), (finding.Code, finding.Subject, finding.Rule));
    }

    [Fact]
    public void Minutes_back_are_those_of_the_topic_that_begins_last()
    {
        var (resource, _) = Judge(
            Inbound() with { First = 100, OldestAt = Now.AddMinutes(-42) }, Inbound("u.I") with { First = 5, OldestAt = Now.AddMinutes(-90) },
            Journal() with { First = 9, OldestAt = Now.AddMinutes(-60) });

        Assert.Equal((42, "t.I"), (resource.RebuildMinutes, resource.LimitedBy));
        Assert.StartsWith(
            "A restarted engine can rebuild from a snapshot up to 42 minutes old: there t.I begins.", resource.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_snapshot_that_reaches_is_enough_whatever_the_others_are()
    {
        var facts = Purged(new SnapshotFacts("engine-a", Now.AddHours(-9), Needs(3, 3)), new SnapshotFacts("engine-b", Now.AddSeconds(-6), Needs(120, 70)));

        var (resource, findings) = RetentionJudge.Judge(facts);
        Assert.Empty(findings);
        Assert.Equal(0.1, resource.SnapshotMinutes);
        Assert.EndsWith("The newest snapshot is 6 s old (engine-b).", resource.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void No_snapshot_that_reaches_is_found_for_the_topic_that_went_too_far()
    {
        var finding = Assert.Single(RetentionJudge.Judge(Purged(new SnapshotFacts("engine-a", Now.AddHours(-9), Needs(99, 70)))).Findings);

        Assert.Equal(("LS5006", "t.I", "lost"), (finding.Code, finding.Subject, finding.Rule));
        Assert.Empty(RetentionJudge.Judge(Purged()).Findings);
        Assert.Equal("lost", Assert.Single(RetentionJudge.Judge(Purged() with { ExpectsSnapshot = true }).Findings).Rule);
    }

    [Fact]
    public void The_minutes_left_are_told_before_an_old_snapshot_is_out_of_reach()
    {
        RetentionFacts Aged(int minutes) => Purged(new SnapshotFacts("engine-a", Now.AddMinutes(-minutes), Needs(120, 70))) with
        {
            Topics = [With(Inbound() with { First = 100, OldestAt = Now.AddMinutes(-60) }, ("retention.ms", "3600000")), Journal() with { First = 60 }],
        };

        Assert.Empty(RetentionJudge.Judge(Aged(20)).Findings);
        var finding = Assert.Single(RetentionJudge.Judge(Aged(48)).Findings);
        Assert.Equal(("LS5006", "near"), (finding.Code, finding.Rule));
        Assert.StartsWith("t.I may delete in 12 minutes what the newest snapshot needs (engine-a, 48 minutes old)", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_one_partition_is_an_error() =>
        Assert.Equal((true, "partitions"), Judge(Inbound() with { Partitions = 3 }, Journal()).Findings is [var f] ? (f.IsError, f.Rule) : default);

    [Fact]
    public void A_windows_retention_counts_for_the_topics_whose_events_reach_it()
    {
        var project = ProjectXmlReader.Read("""
            <project name="p"><contqueries><contquery name="q"><windows>
              <window-source name="a"><schema><fields><field name="id" type="int64" key="true"/></fields></schema></window-source>
              <window-source name="b"><schema><fields><field name="id" type="int64" key="true"/></fields></schema></window-source>
              <window-copy name="short"><retention type="bytime_sliding">5 minutes</retention></window-copy>
              <window-copy name="long"><retention type="bytime_jumping">2 hours</retention></window-copy>
              <window-copy name="rows"><retention type="bycount_sliding">9</retention></window-copy>
            </windows><edges>
              <edge source="a" target="short"/><edge source="short" target="long"/><edge source="b" target="rows"/>
            </edges></contquery></contqueries></project>
            """).Project!;

        Assert.Equal(new WindowRetention("q/long", TimeSpan.FromHours(2)), WindowRetention.Behind(project.ContinuousQueries[0], "a"));
        Assert.Null(WindowRetention.Behind(project.ContinuousQueries[0], "b"));
    }

    private static (RetentionResource Resource, IReadOnlyList<Finding> Findings) Judge(params TopicFacts[] topics) => RetentionJudge.Judge(Facts(topics));

    private static RetentionFacts Facts(params TopicFacts[] topics) => new() { At = Now, Topics = [.. topics], Brokers = 1 };

    private static RetentionFacts Purged(params SnapshotFacts[] snapshots) =>
        Facts(Inbound() with { First = 100, OldestAt = Now.AddDays(-1) }, Journal() with { First = 60, OldestAt = Now.AddDays(-1) }) with
        {
            Snapshots = [.. snapshots],
        };

    private static Dictionary<string, long> Needs(long inbound, long journal) => new() { ["t.I"] = inbound, ["t.J"] = journal };

    private static TopicFacts Inbound(string name = "t.I") => new(name, TopicUse.Inbound, true, new Dictionary<string, string>
    {
        ["retention.ms"] = "604800000",
        ["retention.bytes"] = "-1",
        ["cleanup.policy"] = "delete",
    });

    private static TopicFacts Journal() => new("t.J", TopicUse.Journal, true, new Dictionary<string, string>
    {
        ["retention.ms"] = "-1",
        ["retention.bytes"] = "-1",
        ["cleanup.policy"] = "delete",
    });

    private static TopicFacts With(TopicFacts topic, params (string Name, string Value)[] settings)
    {
        var all = topic.Settings.ToDictionary();
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        return topic with { Settings = all };
    }
}
