using Deque.AxeCore.Playwright;
using Lockstep.TestKit;
using Microsoft.Playwright;

namespace Lockstep.Browser.Tests;

/// <summary>
/// The quick start as a user lives it: open the printed link, see the group work, kill its active engine, and see that
/// nothing was lost. Everything is found by role and label.
/// </summary>
[Collection(OneConsole.Name)]
public sealed class QuickStartTests(ConsoleFixture console)
{
    [Fact]
    public async Task The_printed_link_leads_to_a_group_that_works()
    {
        var page = await console.OpenAsync();

        await page.OpenGroupAsync();

        await Assertions.Expect(page.Locator(".ls-znode")).ToHaveCountAsync(4);
        await Assertions.Expect(page.GetByText("watches", new() { Exact = true })).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Link, new() { Name = "Output" }).Last.ClickAsync();
        var first = await Eventually.GetAsync(page.LastOffsetAsync, offset => offset >= 0);
        await Eventually.TrueAsync(async () => await page.LastOffsetAsync() > first);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_killed_active_engine_is_replaced_and_nothing_is_lost_or_doubled()
    {
        var page = await console.OpenAsync();
        await page.OpenGroupAsync();
        var roles = await page.RolesAsync(r => r.ContainsValue("ACTIVE") && r.ContainsValue("STANDBY"));
        var active = roles.Single(r => r.Value == "ACTIVE").Key;
        var standby = roles.Single(r => r.Value == "STANDBY").Key;

        // Three clicks.
        await page.GetByRole(AriaRole.Button, new() { Name = $"Acts on {active}" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Kill (test)" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync($"{standby} would become active");
        await page.GetByRole(AriaRole.Button, new() { Name = "Confirm" }).ClickAsync();

        await page.RolesAsync(r => r.GetValueOrDefault(standby) == "ACTIVE");
        await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("0 lost, 0 duplicated");
        await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync($"last failover {active} → {standby}");
        await page.ScreenshotAsync(new() { Path = Path.Combine(ConsoleFixture.Screenshots, "failover.png") });

        // And the proof of it, one click away.
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Report", Exact = true }).ClickAsync();
        var main = page.GetByRole(AriaRole.Main);
        await Assertions.Expect(main).ToContainTextAsync($"{active} was killed by admin; {standby} took over");
        await Assertions.Expect(main).ToContainTextAsync($"last id by {active}", new() { Timeout = 30_000 });
        await Assertions.Expect(main.GetByText("nothing lost or duplicated").First).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await Assertions.Expect(main.GetByRole(AriaRole.Row, new() { Name = "epoch start committed" })).ToBeVisibleAsync();
        await page.ScreenshotAsync(new() { Path = Path.Combine(ConsoleFixture.Screenshots, "failover-report.png"), FullPage = true });
        Assert.Empty((await page.RunAxe()).Violations.Where(v => v.Impact is "serious" or "critical").Select(v => $"{v.Id}: {v.Help}"));
        await page.GoBackAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Topology" }).WaitForAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Output" }).Last.ClickAsync();
        var first = await Eventually.GetAsync(page.LastOffsetAsync, offset => offset >= 0);
        await Eventually.TrueAsync(async () => await page.LastOffsetAsync() > first);
        await page.GetByRole(AriaRole.Link, new() { Name = "Topology" }).ClickAsync();
        await page.RolesAsync(r => r.GetValueOrDefault(standby) == "ACTIVE" && r.GetValueOrDefault(active) == "STANDBY");
        await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("0 lost, 0 duplicated");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Pause_holds_rows_and_going_on_shows_each_of_them_once()
    {
        var page = await console.OpenAsync();
        await page.GotoAsync(new Uri(new Uri(console.Link), "/groups/demo/output").AbsoluteUri);
        await Eventually.TrueAsync(async () => await page.LastOffsetAsync() >= 0);

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Assertions.Expect(page.GetByText("rows held back")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Show them" }).ClickAsync();
        await Assertions.Expect(page.GetByText("rows held back")).ToBeHiddenAsync();

        var offsets = await page.Locator(".ls-tail-row").EvaluateAllAsync<string[]>("rows => rows.map(r => r.title)");
        Assert.Equal(offsets.Distinct().Count(), offsets.Length);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Keys_move_between_pages_and_focus_goes_to_the_heading()
    {
        var page = await console.OpenAsync();

        // Like a person: pressed again while nothing happens. The page may not listen yet, and two keys count as one chord
        // only when they come soon after each other, which a busy machine does not promise.
        var heading = page.GetByRole(AriaRole.Heading, new() { Name = "Projects", Level = 1 });
        await Eventually.TrueAsync(async () =>
        {
            if (!await heading.IsVisibleAsync())
            {
                await page.Keyboard.PressAsync("g");
                await page.Keyboard.PressAsync("p");
            }

            return await heading.IsVisibleAsync();
        });
        await Eventually.TrueAsync(async () => await page.EvaluateAsync<string>("() => document.activeElement.tagName") == "H1");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task The_chosen_theme_outlives_the_page()
    {
        var page = await console.OpenAsync(scheme: ColorScheme.Light);
        var back = page.GetByRole(AriaRole.Button, new() { Name = "Switch to the light theme" });

        await page.GetByRole(AriaRole.Button, new() { Name = "Switch to the dark theme" }).ClickAsync();
        await back.WaitForAsync();
        await page.ReloadAsync();

        await back.WaitForAsync();
        await page.Context.CloseAsync();
    }
}
