using Deque.AxeCore.Playwright;
using Lockstep.TestKit;
using Microsoft.Playwright;

namespace Lockstep.Browser.Tests;

/// <summary>A manager on a real broker whose defaults keep records for 20 s, as nobody should have it.</summary>
public sealed class ForgetfulConsole : ConsoleFixture
{
    private KafkaCluster? _servers;

    /// <inheritdoc/>
    protected override async Task<string[]> BusAsync()
    {
        _servers = await KafkaCluster.StartAsync(new KafkaClusterOptions
        {
            WithZooKeeper = true,
            Settings = new Dictionary<string, string> { ["log.retention.ms"] = "20000", ["transactional.id.expiration.ms"] = "600000" },
        });
        return ["--kafka", _servers.BootstrapServers, "--zookeeper", _servers.ZooKeeper!.ConnectString];
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_servers is not null)
        {
            await _servers.DisposeAsync();
        }
    }
}

/// <summary>
/// What a person sees who deploys on topics that keep too little: the form says so and asks again, the group's page has the alarms,
/// its Config tab how far back an engine can rebuild.
/// </summary>
[Collection(OneConsole.Name)]
public sealed class RetentionPageTests(ForgetfulConsole console) : IClassFixture<ForgetfulConsole>
{
    private const string Publish = """
        async model => {
          const post = (path, body) => fetch('/api/v1' + path, {
            method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
          await post('/projects', { name: 'sum20' });
          return (await post('/projects/sum20/versions', { model })).status;
        }
        """;

    [Fact]
    public async Task The_form_the_alarms_and_the_config_tab_say_what_is_wrong_and_what_to_do()
    {
        var page = await console.OpenAsync();
        var model = (await File.ReadAllTextAsync(
                Path.Combine(Checkout.Root, "samples", "sum20", "project.xml"), TestContext.Current.CancellationToken))
            .Replace("</windows>", """<window-copy name="kept"><retention type="bytime_sliding">30 minutes</retention></window-copy></windows>""",
                StringComparison.Ordinal)
            .Replace("</edges>", """<edge source="ESP_incoming_source_window" target="kept"/></edges>""", StringComparison.Ordinal);
        Assert.Equal(201, await page.EvaluateAsync<int>(Publish, model));

        await page.GotoAsync(new Uri(new Uri(console.Link), "/projects/sum20").AbsoluteUri);
        await page.GetByRole(AriaRole.Button, new() { Name = "Deploy" }).First.ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name of the group").FillAsync("short");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Deploy", Exact = true }).ClickAsync();
        var anyway = dialog.GetByRole(AriaRole.Button, new() { Name = "Deploy all the same" });
        await Assertions.Expect(anyway).ToBeEnabledAsync();
        await Assertions.Expect(dialog.GetByRole(AriaRole.List, new() { Name = "Findings on topics and brokers" }).GetByRole(AriaRole.Listitem))
            .ToHaveCountAsync(3);
        await LookAsync(page, "deploy");
        await anyway.ClickAsync();

        var alarms = page.GetByRole(AriaRole.List, new() { Name = "Alarms" });
        await Assertions.Expect(alarms).ToContainTextAsync(
            "LS5006", new() { Timeout = 60_000 });
        await LookAsync(page, "alarms");
        await page.GetByRole(AriaRole.Link, new() { Name = "Config", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Look again" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Table, new() { Name = "How long topics keep their records" }).GetByRole(AriaRole.Row))
            .ToHaveCountAsync(4);
        await LookAsync(page, "retention");
        await page.Context.CloseAsync();
    }

    /// <summary>A picture wide and on a phone in both themes; nothing serious against accessibility, nothing wider than the window.</summary>
    private static async Task LookAsync(IPage page, string name)
    {
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            foreach (var (width, height) in new[] { (1440, 900), (390, 844) })
            {
                await page.SetViewportSizeAsync(width, height);
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
                await page.EvaluateAsync("() => Promise.all(document.getAnimations().map(a => a.finished.catch(() => {})))");
                await page.ScreenshotAsync(new() { Path = Path.Combine(ConsoleFixture.Screenshots, $"{name}-{scheme}-{width}.png") });
                var result = await page.RunAxe();
                Assert.Empty(result.Violations.Where(v => v.Impact is "serious" or "critical").Select(v => $"{name} {width}: {v.Id}: {v.Help}"));
                Assert.True(
                    await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= window.innerWidth"),
                    $"{name} is wider than {width}");
            }
        }

        await page.SetViewportSizeAsync(1440, 900);
    }
}
