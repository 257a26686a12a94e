using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Lockstep.Browser.Tests;

/// <summary>An upgrade as a person does it: a version is chosen, its shadows are compared, and the upgrade is cancelled.</summary>
[Collection(OneConsole.Name)]
public sealed class UpgradePageTests(ConsoleFixture console)
{
    private const string Publish = """
        async () => {
          const model = await (await fetch('/api/v1/projects/sum20/versions/1.0/model')).text();
          const from = model.lastIndexOf('target="') + 8;
          const target = model.substring(from, model.indexOf('"', from));
          const next = model
            .replace('</windows>', '<window-filter name="positive"><expression>true</expression></window-filter></windows>')
            .replace('</edges>', `<edge source="${target}" target="positive"/></edges>`);
          const answer = await fetch('/api/v1/projects/sum20/versions', {
            method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ model: next }) });
          return answer.status;
        }
        """;

    [Fact]
    public async Task Shadows_are_started_compared_and_cancelled()
    {
        var page = await console.OpenAsync();
        Assert.Equal(201, await page.EvaluateAsync<int>(Publish));
        await page.GotoAsync(new Uri(new Uri(console.Link), "/groups/demo/upgrade").AbsoluteUri);
        await page.GetByRole(AriaRole.Button, new() { Name = "Start shadow engines" }).ClickAsync();
        var handOver = page.GetByRole(AriaRole.Button, new() { Name = "Hand over to 1.1" });
        await Assertions.Expect(handOver).ToBeEnabledAsync(new() { Timeout = 90_000 });
        await page.GetByRole(AriaRole.Heading, new() { Name = "What the other version would have written" }).WaitForAsync();
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await page.EvaluateAsync("() => Promise.all(document.getAnimations().map(a => a.finished.catch(() => {})))");
            await page.ScreenshotAsync(new() { Path = Path.Combine(ConsoleFixture.Screenshots, $"upgrade-{scheme}.png") });
            var result = await page.RunAxe();
            Assert.Empty(result.Violations.Where(v => v.Impact is "serious" or "critical").Select(v => $"{v.Id}: {v.Help}"));
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel the upgrade" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start shadow engines" }).WaitForAsync();
        await page.Context.CloseAsync();
    }
}
