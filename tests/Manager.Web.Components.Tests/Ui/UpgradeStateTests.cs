using Bunit;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Deployments;

namespace Lockstep.Manager.Web.Components.Tests.Ui;

/// <summary>An upgrade under way: what can be done in which state, and how the other version compares.</summary>
public sealed class UpgradeStateTests : ConsoleContext
{
    private static readonly UpgradeResource Ready = new("1.0", "2.0", "1.0", ["engine-c", "engine-d"], true, [], new ShadowResource(
        "abc",
        [new WindowStateResource("cq/count", "startedEmpty", "It is new and holds state.")],
        [new TopicComparisonResource("p.O", 1204, 3, 2, 1, 0, new RowDifferenceResource(11, "I,N,66", "I,N,65"))]));

    [Theory]
    [InlineData("1.0", true, "Hand over to 2.0,Cancel the upgrade")]
    [InlineData("1.0", false, "Cancel the upgrade")]
    [InlineData("2.0", true, "Roll back to 1.0,End the upgrade")]
    [InlineData("2.0", false, "End the upgrade")]
    [InlineData(null, false, "Roll back to 1.0")]
    public void Only_what_can_be_done_is_offered(string? writes, bool canHandOver, string expected)
    {
        var view = Render(Ready with { Writes = writes, CanHandOver = canHandOver });
        Assert.Equal(expected, string.Join(',', view.FindAll("button:not([disabled])").Select(b => b.TextContent.Trim())));
    }

    [Fact]
    public void Counts_the_first_difference_and_what_became_of_the_state_are_shown()
    {
        var text = Render(Ready).Markup;
        Assert.All(
            ["1,204", "First difference, q 11", "I,N,66", "I,N,65", "cq/count", "started empty"],
            expected => Assert.Contains(expected, text, StringComparison.Ordinal));
    }

    [Fact]
    public void What_prevents_a_handover_is_said() => Assert.Contains(
        "engine-c is starting.", Render(Ready with { CanHandOver = false, Reasons = ["engine-c is starting."], Shadow = null }).Markup,
        StringComparison.Ordinal);

    [Fact]
    public async Task The_buttons_ask_for_what_they_say()
    {
        var asked = new List<string>();
        var view = Render<UpgradeState>(p => p
            .Add(v => v.Upgrade, Ready with { Writes = "2.0" })
            .Add(v => v.OnHandOver, isBack => asked.Add(isBack ? "back" : "on"))
            .Add(v => v.OnEnd, () => asked.Add("end")));
        foreach (var button in view.FindAll("button:not([disabled])"))
        {
            await button.ClickAsync(new());
        }

        Assert.Equal(["back", "end"], asked);
    }

    private IRenderedComponent<UpgradeState> Render(UpgradeResource upgrade) =>
        Render<UpgradeState>(p => p.Add(v => v.Upgrade, upgrade));
}
