using Bunit;
using Bunit.TestDoubles;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Deployments;
using Lockstep.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Lockstep.Manager.Web.Components.Tests.Pages;

/// <summary>The overview: empty, one group, and the change of a group seen without a reload.</summary>
public sealed class OverviewPageTests : ConsoleContext
{
    [Fact]
    public void Without_groups_it_offers_two_ways_to_begin()
    {
        ComponentFactories.AddStub<StartDemo>();
        var page = Render<OverviewPage>();

        Assert.Contains("Nothing is deployed yet", page.Markup, StringComparison.Ordinal);
        Assert.Single(page.FindComponents<Stub<StartDemo>>());
        Assert.Equal("/projects", page.Find(".ls-empty a").GetAttribute("href"));
    }

    [Fact]
    public void A_group_has_a_card_with_rates_lag_ledger_and_readiness()
    {
        Store.Publish([Samples.Group()], "Bus.");
        Services.GetRequiredService<FailoverRecorder>()
            .Put("demo", new FailoverResource(1, Samples.Now.AddHours(-3), "engines", "engine-b", "engine-a", 7, "killed", 812));

        var card = Render<OverviewPage>().Find(".ls-group").TextContent;

        Assert.Contains("0 lost, 0 duplicated", card, StringComparison.Ordinal);
        Assert.Contains("can fail over now", card, StringComparison.Ordinal);
        Assert.Contains("3 h 0 m", card, StringComparison.Ordinal);
        Assert.Contains("812 ms", card, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_group_appears_and_the_sentence_counts_it()
    {
        Store.Publish([Samples.Group()], "Bus.");
        var page = Render<OverviewPage>();
        Assert.Equal("1 group: 1 can fail over now.", page.Find(".ls-sentence").TextContent);

        Store.Publish(
            [Samples.Group(), Samples.Group("fx") with { Readiness = new ReadinessResource(false, ["No standby."]) }], "Bus.");
        Time.Advance(TimeSpan.FromSeconds(2));

        await Eventually.TrueAsync(() => page.FindAll(".ls-group").Count == 2);
        Assert.Equal("2 groups: 1 can fail over now, 1 without a ready standby.", page.Find(".ls-sentence").TextContent);
    }
}
