using Bunit;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Manager.Web.Ui.Parts;

namespace Lockstep.Manager.Web.Components.Tests.Ui;

/// <summary>The card of a member in each state: words and shapes, never colour alone.</summary>
public sealed class MemberCardTests : ConsoleContext
{
    [Theory]
    [InlineData(MemberRole.Active, MemberState.Running, "ACTIVE", "running")]
    [InlineData(MemberRole.Standby, MemberState.Running, "STANDBY", "running")]
    [InlineData(MemberRole.Recovering, MemberState.Starting, "JOINING", "starting")]
    [InlineData(MemberRole.Acquiring, MemberState.Running, "TAKING OVER", "running")]
    [InlineData(MemberRole.Active, MemberState.Failed, "FAILED", "failed")]
    [InlineData(MemberRole.Active, MemberState.Stopped, "STOPPED", "stopped")]
    [InlineData(MemberRole.Active, MemberState.Restarting, "RESTARTING", "restarting")]
    public void It_says_role_and_health_in_words(MemberRole role, MemberState state, string roleWord, string healthWord)
    {
        var card = RenderCard(Samples.Member(role: role, state: state));

        Assert.Equal(roleWord, card.Find(".ls-role").TextContent);
        Assert.Equal(healthWord, card.Find(".ls-health").TextContent.Trim());
        Assert.NotNull(card.Find(".ls-health svg").FirstElementChild);
    }

    [Fact]
    public void An_old_observation_is_grey_with_its_age_and_turns_neither_red_nor_green()
    {
        var card = RenderCard(Samples.Member(age: 7.4));

        Assert.Contains("is-stale", card.Find("article").ClassList);
        Assert.Equal("seen 7 s ago", card.Find(".ls-seen").TextContent);
        Assert.Equal("unknown", card.Find(".ls-health").TextContent.Trim());
    }

    [Fact]
    public void A_fresh_observation_shows_no_age()
    {
        var card = RenderCard(Samples.Member(age: 0.4));

        Assert.DoesNotContain("is-stale", card.Find("article").ClassList);
        Assert.Equal("", card.Find(".ls-seen").TextContent);
    }

    [Fact]
    public void A_diverged_member_says_so_beside_its_digest()
    {
        var card = RenderCard(Samples.Member(agrees: false));

        Assert.Contains("≠", card.Find(".ls-bad").TextContent, StringComparison.Ordinal);
        Assert.Contains("differs", card.Find(".ls-bad").GetAttribute("title"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_lagging_member_has_its_number_marked()
    {
        Assert.Contains("12,400", RenderCard(Samples.Member(behind: 12_400)).Find("dd.ls-warn").TextContent, StringComparison.Ordinal);
        Assert.Empty(RenderCard(Samples.Member(behind: 3)).FindAll("dd.ls-warn"));
    }

    private IRenderedComponent<MemberCard> RenderCard(MemberResource member) =>
        Render<MemberCard>(p => p.Add(c => c.Member, member).Add(c => c.ObservedAt, Samples.Now));
}
