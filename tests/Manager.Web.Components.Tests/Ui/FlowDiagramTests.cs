using Bunit;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Manager.Web.Ui.Parts;

namespace Lockstep.Manager.Web.Components.Tests.Ui;

/// <summary>The picture of a group: fixed places, elections in order, the standby's journal.</summary>
public sealed class FlowDiagramTests : ConsoleContext
{
    [Fact]
    public void It_shows_five_members_and_two_elections_with_who_watches_whom()
    {
        var picture = RenderGroup();

        Assert.Equal(5, picture.FindAll("article").Count);
        Assert.Equal(
            ["n_0000000004", "n_0000000005", "n_0000000018", "n_0000000019"],
            picture.FindAll(".ls-znode text.ls-mono").Select(t => t.TextContent));
        Assert.Equal(2, picture.FindAll(".ls-znode-active").Count);
        Assert.Equal(2, picture.FindAll(".ls-znode .ls-flow-small").Count(t => t.TextContent == "watches"));
    }

    [Fact]
    public void It_says_how_far_the_standby_is_behind_and_whether_its_digest_is_equal() =>
        Assert.Equal("journal: 3 behind, digest equal", RenderGroup().Find(".ls-flow-note").TextContent);

    [Fact]
    public void A_role_change_moves_no_card()
    {
        var before = FlowLayout.Of(Samples.Five());
        var swapped = Samples.Five()
            .Select(m => m with { Role = m.Role == MemberRole.Active ? MemberRole.Standby : MemberRole.Active }).ToArray();

        var after = FlowLayout.Of(swapped);

        Assert.Equal(before.All.Select(p => (p.Member.Name, p.X, p.Y)), after.All.Select(p => (p.Member.Name, p.X, p.Y)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Cards_of_a_column_never_overlap_and_stay_inside(int engines)
    {
        var layout = FlowLayout.Of([.. Enumerable.Range(0, engines).Select(i => Samples.Member($"engine-{i}"))]);

        foreach (var (upper, lower) in layout.Engines.Zip(layout.Engines.Skip(1)))
        {
            Assert.True(upper.Y + FlowLayout.CardHeight < lower.Y);
        }

        Assert.True(layout.Engines[^1].Y + FlowLayout.CardHeight < layout.LaneY);
        Assert.True(layout.LaneY < layout.Height);
    }

    [Fact]
    public void A_failed_output_takes_nothing_from_the_topic()
    {
        var members = Samples.Five().Select(m => m.Name == "output-1" ? m with { State = MemberState.Failed } : m).ToArray();
        var picture = Render<FlowDiagram>(p => p.Add(c => c.Group, Samples.Group("demo", members)).Add(c => c.ObservedAt, Samples.Now));

        Assert.Equal(4, picture.FindAll(".ls-edge-active").Count);
    }

    [Fact]
    public void Only_the_edges_of_active_members_are_solid() =>
        Assert.Equal(6, RenderGroup().FindAll(".ls-edge-active").Count);

    private IRenderedComponent<FlowDiagram> RenderGroup() =>
        Render<FlowDiagram>(p => p.Add(c => c.Group, Samples.Group()).Add(c => c.ObservedAt, Samples.Now));
}
