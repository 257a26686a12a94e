using System.Collections;
using System.Globalization;
using System.Resources;
using Bunit;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Ui.Parts;
using Lockstep.Manager.Web.Ui.Resources;

namespace Lockstep.Manager.Web.Components.Tests.Ui;

/// <summary>The small parts, each in its states.</summary>
public sealed class PartsTests : ConsoleContext
{
    [Theory]
    [InlineData(0, 0, 7, "0 lost, 0 duplicated", "ls-ledger-proven")]
    [InlineData(0, 0, 0, "0 lost, 0 duplicated", "ls-ledger-unknown")]
    [InlineData(2, 0, 7, "2 lost, 0 duplicated", "ls-ledger-failed")]
    [InlineData(0, 1, 7, "0 lost, 1 duplicated", "ls-ledger-failed")]
    public void The_ledger_is_proven_only_by_rows_of_which_none_is_lost_or_doubled(
        long lost, long doubled, long rows, string words, string kind)
    {
        var line = Render<LedgerLine>(p => p.Add(l => l.Ledger, new LedgerResource(lost, doubled, "0:1", 1, rows)));

        Assert.Contains(words, line.Markup, StringComparison.Ordinal);
        Assert.Contains(kind, line.Find("p").ClassList);
    }

    [Fact]
    public void Alarms_say_code_member_what_and_since_when_and_nothing_without_any()
    {
        var alarm = new Alarm(AlarmCode.SnapshotNotWritten, "No space left.", Samples.Now);
        var list = Render<AlarmList>(p => p.Add(l => l.Members, [Samples.Member(), Samples.Member("engine-b") with { Alarms = [alarm] }]));

        var words = list.Find("li").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("LS5001 engine-b No space left. since 12:00:00 UTC", string.Join(' ', words));
        Assert.Empty(Render<AlarmList>(p => p.Add(l => l.Members, Samples.Five())).FindAll("ul"));
        var ofGroup = Render<AlarmList>(p => p.Add(l => l.Members, Samples.Five()).Add(l => l.Alarms, [alarm])).Find("li").TextContent;
        Assert.Equal("LS5001 No space left. since 12:00:00 UTC", string.Join(' ', ofGroup.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void Readiness_lists_its_reasons()
    {
        var tick = Render<ReadinessTick>(p => p
            .Add(t => t.Readiness, new ReadinessResource(false, ["engine-b joins."])).Add(t => t.ShowReasons, true));

        Assert.Contains("cannot fail over", tick.Markup, StringComparison.Ordinal);
        Assert.Equal("engine-b joins.", tick.Find("li").TextContent);
    }

    [Fact]
    public void A_failover_shows_cause_members_epoch_and_gap()
    {
        var bar = Render<PhaseBar>(p => p.Add(
            b => b.Failover, new FailoverResource(3, Samples.Now, "engines", "engine-a", "engine-b", 8, "killed", 812)));

        Assert.Equal(
            ["killed engine-a", "elected engine-b", "epoch 8", "first commit after 812 ms"],
            bar.FindAll("li").Select(l => l.TextContent.Trim()));
    }

    [Fact]
    public void The_operation_bar_is_empty_without_operations_and_names_what_runs()
    {
        Assert.Equal("", Render<OperationBar>(p => p.Add(b => b.Operations, [])).Markup.Trim());

        var id = Guid.CreateVersion7(Samples.Now);
        var dismissed = Guid.Empty;
        var bar = Render<OperationBar>(p => p
            .Add(b => b.Operations, [new OperationResource(
                id, "kill", "demo", "engine-a", "done", Samples.Now, Samples.Now.AddSeconds(2), "ana", "engine-b is active.")])
            .Add(b => b.OnDismiss, gone => dismissed = gone));
        Assert.Contains("Kill (test) · demo / engine-a", bar.Markup, StringComparison.Ordinal);
        Assert.Contains("2.0 s", bar.Markup, StringComparison.Ordinal);
        bar.Find("button").Click();
        Assert.Equal(id, dismissed);
    }

    [Fact]
    public void A_spark_has_one_point_a_value_and_survives_zeros()
    {
        var spark = Render<Spark>(p => p.Add(s => s.Points, [0.0, 0.0, 0.0]).Add(s => s.Label, "out"));

        Assert.Equal("M0 22 L60 22 L120 22", spark.Find(".ls-spark-line").GetAttribute("d"));
        Assert.Single(Render<Spark>(p => p.Add(s => s.Points, []).Add(s => s.Label, "out")).FindAll("path"));
    }

    [Fact]
    public void An_unfenced_bus_is_said_with_icon_and_words()
    {
        Assert.Single(Render<BusStripe>(p => p.Add(b => b.Sentence, "In memory, unfenced.")).FindAll(".is-unfenced .ls-health-degraded"));
        Assert.Empty(Render<BusStripe>(p => p.Add(b => b.Sentence, "Kafka at kafka:9092.")).FindAll(".is-unfenced"));
    }

    [Fact]
    public void A_znode_shows_its_children_its_session_and_its_data()
    {
        ZnodeResource Node(string path, string[] children, string? owner) =>
            new(path, children, owner is null ? "" : "engine-a", "", owner, 0, 1, Samples.Now);
        var nodes = new Dictionary<string, ZnodeResource>
        {
            ["/ESP"] = Node("/ESP", ["demo"], null),
            ["/ESP/demo"] = Node("/ESP/demo", ["server-n_0000000001"], null),
            ["/ESP/demo/server-n_0000000001"] = Node("/ESP/demo/server-n_0000000001", [], "0x10"),
        };

        var tree = Render<ZnodeBranch>(p => p.Add(b => b.Nodes, nodes).Add(b => b.Path, "/ESP"));

        Assert.Equal(["ESP", "demo", "server-n_0000000001"], tree.FindAll("strong").Select(s => s.TextContent));
        Assert.Contains("ephemeral", tree.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_says_what_the_picture_says()
    {
        var table = Render<MemberTable>(p => p.Add(t => t.Members, Samples.Five()).Add(t => t.ObservedAt, Samples.Now));

        Assert.Equal(
            ["input-1 ACTIVE", "input-2 STANDBY", "engine-a ACTIVE", "engine-b STANDBY", "output-1 RUN"],
            table.FindAll("tbody tr").Select(r => $"{r.GetAttribute("data-member")} {r.QuerySelector(".ls-role")!.TextContent}"));
    }

    [Fact]
    public void Every_text_is_there_in_every_language()
    {
        var texts = new ResourceManager(typeof(Texts).FullName!, typeof(Texts).Assembly);
        string[] Keys(CultureInfo culture) => [.. texts.GetResourceSet(culture, true, false)!.Cast<DictionaryEntry>()
            .Select(e => (string)e.Key).Order(StringComparer.Ordinal)];

        Assert.Equal(Keys(CultureInfo.InvariantCulture), Keys(CultureInfo.GetCultureInfo("de")));
    }
}
