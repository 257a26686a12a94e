using Bunit;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Drills;
using Lockstep.Manager.Web.Failovers;

namespace Lockstep.Manager.Web.Components.Tests.Failovers;

/// <summary>Gaps of the ledger and the trend of drills.</summary>
public sealed class LedgerAndDrillTests : ConsoleContext
{
    [Fact]
    public void A_gap_leads_to_its_events_and_without_gaps_there_is_nothing()
    {
        var ledger = new LedgerResource(2, 0, "0:9", 9, 9);
        Assert.Equal("", Render<LedgerGaps>(p => p.Add(g => g.Group, "demo").Add(g => g.Ledger, ledger)).Markup.Trim());

        var gaps = Render<LedgerGaps>(p => p.Add(g => g.Group, "demo").Add(
            g => g.Ledger, ledger with { Gaps = [new LedgerGap("lost", 3, 4, Samples.Now, 120, "0:2", "0:5", 7, 8, "engine-b")] }));
        Assert.Equal("/groups/demo/output?from=100", gaps.Find("a").GetAttribute("href"));
        Assert.Contains("3–4", gaps.Markup, StringComparison.Ordinal);
        Assert.Contains("0:2 → 0:5 (engine-b)", gaps.Find("td.ls-mono").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void The_trend_has_a_bar_a_drill_that_was_measured_and_its_numbers_in_words()
    {
        var trend = Render<DrillTrend>(p => p.Add(t => t.Runs,
        [
            Run(1, "passed", 60), Run(2, "skipped", null), Run(3, "passed", 90), Run(4, "missed", 1400),
        ]));

        Assert.Equal(["ls-trend-passed", "ls-trend-passed", "ls-trend-missed"], trend.FindAll("rect").Select(r => r.ClassName));
        Assert.Equal(
            "Silence: median 90 ms, longest 1.4 s over 3 drills; the dashed line is the limit of 1.0 s.", trend.Find("p").TextContent);
    }

    private static DrillRunResource Run(int number, string outcome, double? silence) =>
        new(number, Samples.Now, outcome, "", "engine-a", number, silence, 1000);
}
