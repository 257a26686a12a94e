using Deque.AxeCore.Playwright;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;

namespace Lockstep.Browser.Tests;

/// <summary>An alarm as a person meets it: a record that does not decode is written, and the group's page says so by itself.</summary>
[Collection(OneConsole.Name)]
public sealed class AlarmPageTests(ConsoleFixture console)
{
    private const string InboundTopic = """
        async () => (await (await fetch('/api/v1/topics?limit=100')).json()).items.map(t => t.name).find(n => n.endsWith('.I'))
        """;

    [Fact]
    public async Task A_record_that_does_not_decode_is_an_alarm_on_the_group_page_of_each_engine()
    {
        var page = await console.OpenAsync();
        await page.OpenGroupAsync();
        var topic = await page.EvaluateAsync<string>(InboundTopic);
        Write(topic, "not a block"u8.ToArray());

        var alarms = page.GetByRole(AriaRole.List, new() { Name = "Alarms" }).GetByRole(AriaRole.Listitem);
        foreach (var engine in new[] { "engine-a", "engine-b" })
        {
            var alarm = alarms.Filter(new() { HasText = engine });
            await Assertions.Expect(alarm).ToContainTextAsync("LS5004");
            await Assertions.Expect(alarm).ToContainTextAsync($"{topic}.DLQ");
        }

        foreach (var width in new[] { 1440, 390 })
        {
            await page.SetViewportSizeAsync(width, width < 720 ? 844 : 900);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await page.EvaluateAsync("() => Promise.all(document.getAnimations().map(a => a.finished.catch(() => {})))");
                await page.ScreenshotAsync(new() { Path = Path.Combine(ConsoleFixture.Screenshots, $"alarms-{scheme}-{width}.png") });
                var result = await page.RunAxe();
                Assert.Empty(result.Violations.Where(v => v.Impact is "serious" or "critical")
                    .Select(v => $"{v.Id}: {v.Help} {string.Join(" | ", v.Nodes.Select(n => n.Html))}"));
                Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"));
            }
        }

        await page.Context.CloseAsync();
    }

    private void Write(string topic, byte[] value)
    {
        using var producer = new TransactionalProducer(
            new KafkaBusOptions { BootstrapServers = console.Kafka }, "browser-tests", TimeProvider.System, NullLogger.Instance);
        Assert.True(producer.InitTransactions(TimeSpan.FromSeconds(30)).IsDone);
        Assert.True(producer.Begin().IsDone);
        producer.Send(topic, value);
        Assert.True(producer.Commit(TimeSpan.FromSeconds(30)).IsDone);
    }
}
