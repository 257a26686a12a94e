using Bunit;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Failovers;

namespace Lockstep.Manager.Web.Components.Tests.Failovers;

/// <summary>The parts of a failover's page.</summary>
public sealed class ReportPartsTests : ConsoleContext
{
    [Fact]
    public void The_timeline_is_to_scale_and_the_table_says_the_same_in_numbers()
    {
        var timeline = Render<PhaseTimeline>(p => p.Add(t => t.Phases,
        [
            new FailoverPhaseResource("killed", Samples.Now, 0, 0, "manager"),
            new FailoverPhaseResource("fenced", Samples.Now, 10, 10, "engine-b"),
            new FailoverPhaseResource("epochStart", Samples.Now, 40, 30, "engine-b"),
        ]));

        var widths = timeline.FindAll("rect").Select(r => double.Parse(r.GetAttribute("width")!, Figures)).ToList();
        Assert.Equal(2, widths.Count);
        Assert.InRange(widths[1] / widths[0], 2.9, 3.1);
        Assert.Equal(
            ["killed", "predecessor fenced", "epoch start committed"],
            timeline.FindAll("tbody th").Select(t => t.TextContent.Trim()));
        Assert.Equal("30.0 ms", timeline.FindAll("tbody tr")[2].QuerySelector("td")!.TextContent);
    }

    [Fact]
    public void The_ids_on_both_sides_stand_in_one_line_with_the_verdict()
    {
        var part = Render<ReportTopics>(p => p.Add(t => t.Group, "demo").Add(t => t.Topics,
        [
            new TopicVerdictResource(
                "t.O", new OutputPointResource(90, 45, "0:44", "engine-a", 7, Samples.Now),
                new OutputPointResource(93, 46, "0:45", "engine-b", 8, Samples.Now), new CheckedRange(2, 200, 1, 100, 100), 0, 0, 0, 61, "clean", null),
        ]));

        var ids = string.Join(' ', part.Find(".ls-ids").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("last id by engine-a 0:44 (q 45) / first id by engine-b 0:45 (q 46)", ids);
        Assert.Contains("nothing lost or duplicated", part.Markup, StringComparison.Ordinal);
        Assert.Equal("/groups/demo/output?from=70", part.Find("a").GetAttribute("href"));
    }

    [Fact]
    public void Logs_stand_on_the_side_of_their_member_and_debug_lines_only_when_asked_for()
    {
        var part = Render<ReportLogs>(p => p
            .Add(l => l.From, "engine-a").Add(l => l.To, "engine-b").Add(l => l.At, Samples.Now)
            .Add(l => l.Lines,
            [
                new ReportLogLine(Samples.Now, "engine-a", "Error", "C", "ends"),
                new ReportLogLine(Samples.Now, "engine-b", "Debug", "C", "looks"),
                new ReportLogLine(Samples.Now.AddSeconds(1), "engine-b", "Information", "C", "is active"),
            ]));

        Assert.Equal(2, part.FindAll("li").Count);
        Assert.Contains("ls-duo-from", part.FindAll("li")[0].ClassName, StringComparison.Ordinal);
        Assert.Contains("ls-duo-to", part.FindAll("li")[1].ClassName, StringComparison.Ordinal);
        part.Find("input").Change(true);
        Assert.Equal(3, part.FindAll("li").Count);
    }

    private static System.Globalization.CultureInfo Figures => System.Globalization.CultureInfo.InvariantCulture;
}
