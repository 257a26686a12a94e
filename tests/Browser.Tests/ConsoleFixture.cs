using System.Diagnostics;
using System.Text.Json;
using Lockstep.TestKit;
using Microsoft.Playwright;

namespace Lockstep.Browser.Tests;

/// <summary>
/// A manager started as a user starts it, with <c>--demo</c> on a free port and an empty data folder, and a Chromium to
/// look at it with. One for all tests: starting a bus and five members takes longer than a test.
/// </summary>
public class ConsoleFixture : IAsyncLifetime
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(90);

    private static readonly string[] ChromiumArguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("lockstep-browser-");
    private ChildProcess? _manager;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The link that the manager printed, with its token.</summary>
    public string Link { get; private set; } = "";

    /// <summary>Bootstrap servers of the demo's brokers.</summary>
    public string Kafka
    {
        get
        {
            var note = Assert.Single(_data.GetFiles("local-cluster.json", SearchOption.AllDirectories));
            using var json = JsonDocument.Parse(File.ReadAllText(note.FullName));
            return json.RootElement.GetProperty("kafka").GetString()!;
        }
    }

    /// <summary>Where screenshots go: artifacts/screenshots.</summary>
    public static string Screenshots =>
        Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "screenshots")).FullName;

    /// <summary>Starts what the manager works on, and gives the options that name it.</summary>
    protected virtual Task<string[]> BusAsync() => Task.FromResult<string[]>(["--demo"]);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var chromium = Environment.GetEnvironmentVariable("LOCKSTEP_CHROMIUM") ?? "/usr/bin/chromium";
        if (!File.Exists(chromium))
        {
            throw new InvalidOperationException(
                $"There is no Chromium at {chromium}. Install it (Debian: apt-get install chromium), or name it in LOCKSTEP_CHROMIUM.");
        }

        var program = Path.GetFullPath(Path.Combine(
            AppContext.BaseDirectory, "..", "..", "Manager.Web", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)),
            "Lockstep.Manager.Web.dll"));
        _manager = ChildProcess.Start(
            "dotnet", [program, "--urls", "http://127.0.0.1:0", "--data", _data.FullName, .. await BusAsync()], workingDirectory: _data.FullName);
        await Eventually.TrueAsync(
            () => LinkIn(_manager.Output) is not null, StartDeadline, () => string.Join('\n', _manager.Output.TakeLast(30)));
        Link = LinkIn(_manager.Output)!;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ChromiumArguments });
    }

    /// <summary>A page in a new browser profile, signed in by the printed link.</summary>
    /// <param name="width">Width of the window in CSS pixels.</param>
    /// <param name="scheme">What the system asks for.</param>
    public async Task<IPage> OpenAsync(int width = 1440, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await _browser!.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = width < 720 ? 844 : 900 },
            ColorScheme = scheme,
            Locale = "en-GB",
        });
        context.SetDefaultTimeout((float)Eventually.DefaultDeadline.TotalMilliseconds);
        var page = await context.NewPageAsync();
        await page.GotoAsync(Link);
        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).WaitForAsync();
        return page;
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_manager is not null)
        {
            await _manager.DisposeAsync();
        }

        // Members and bus outlive their manager on purpose: that is what lets a manager be replaced. They name our folder.
        foreach (var process in Process.GetProcesses().Where(IsOurs))
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        _data.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private bool IsOurs(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline").Contains(_data.FullName, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // It has ended meanwhile.
        }
    }

    private static string? LinkIn(IReadOnlyList<string> lines)
    {
        var line = lines.FirstOrDefault(l => l.Contains("/login?token=", StringComparison.Ordinal));
        return line?[line.IndexOf("http", StringComparison.Ordinal)..].Trim();
    }
}

/// <summary>All browser tests share one manager and run one after the other: one kills what another looks at.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneConsole : ICollectionFixture<ConsoleFixture>
{
    /// <summary>Its name.</summary>
    public const string Name = "one manager";
}
