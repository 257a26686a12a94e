using Lockstep.TestKit;
using Microsoft.Playwright;

namespace Lockstep.Browser.Tests;

/// <summary>The demo group's pages, by role and label as a user finds them.</summary>
internal static class GroupView
{
    /// <summary>Goes to the group's picture and waits until an engine is active and another stands by.</summary>
    public static async Task OpenGroupAsync(this IPage page)
    {
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Pages" }).GetByRole(AriaRole.Link, new() { Name = "Groups" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "demo", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "demo", Level = 1 }).WaitForAsync();
        await page.RolesAsync(roles => roles.ContainsValue("ACTIVE") && roles.ContainsValue("STANDBY"));
    }

    /// <summary>Waits until the engines' roles are as wanted, and gives them by member.</summary>
    public static Task<Dictionary<string, string>> RolesAsync(this IPage page, Func<Dictionary<string, string>, bool> wanted) =>
        Eventually.GetAsync(() => ReadRolesAsync(page), wanted, TimeSpan.FromSeconds(60));

    /// <summary>The highest offset in sight of a tail; -1 for none.</summary>
    public static async Task<long> LastOffsetAsync(this IPage page)
    {
        var texts = await page.Locator(".ls-tail-offset").AllTextContentsAsync();
        return texts.Count == 0 ? -1 : texts.Max(t => long.Parse(t, System.Globalization.NumberStyles.AllowThousands,
            System.Globalization.CultureInfo.InvariantCulture));
    }

    private static async Task<Dictionary<string, string>> ReadRolesAsync(IPage page)
    {
        var pairs = await page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll('[data-member^="engine"]')]
              .map(e => e.dataset.member + "=" + (e.querySelector(".ls-role")?.textContent ?? ""))
            """);
        return pairs.Select(p => p.Split('=')).ToDictionary(p => p[0], p => p[1]);
    }
}
