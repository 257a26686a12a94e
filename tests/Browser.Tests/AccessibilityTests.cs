using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Lockstep.Browser.Tests;

/// <summary>No serious violation of the accessibility rules, on each page, in both themes, wide and on a phone.</summary>
[Collection(OneConsole.Name)]
public sealed class AccessibilityTests(ConsoleFixture console)
{
    public static TheoryData<string, ColorScheme, int> Pages()
    {
        var all = new TheoryData<string, ColorScheme, int>();
        string[] paths =
        [
            "/", "/groups/demo", "/groups/demo/output", "/groups/demo/failovers", "/groups/demo/failovers/1", "/projects", "/projects/sum20", "/bus",
        ];
        foreach (var path in paths)
        {
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                all.Add(path, scheme, 1440);
                all.Add(path, scheme, 390);
            }
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_has_no_serious_violation_and_no_sideways_scroll(string path, ColorScheme scheme, int width)
    {
        var page = await console.OpenAsync(width, scheme);

        // What a live page shows next must not be measured while it fades in.
        await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await page.GotoAsync(new Uri(new Uri(console.Link), path).AbsoluteUri);
        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).WaitForAsync();
        await page.EvaluateAsync("() => Promise.all(document.getAnimations().map(a => a.finished.catch(() => {})))");

        var result = await page.RunAxe();
        var name = path.Trim('/').Replace('/', '-');
        await page.ScreenshotAsync(new()
        {
            Path = Path.Combine(ConsoleFixture.Screenshots, $"{(name.Length == 0 ? "overview" : name)}-{scheme}-{width}.png"),
        });

        Assert.Empty(result.Violations.Where(v => v.Impact is "serious" or "critical")
            .Select(v => $"{v.Id}: {v.Help} {string.Join(" | ", v.Nodes.Select(n => n.Html))}"));
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"));
        await page.Context.CloseAsync();
    }
}
