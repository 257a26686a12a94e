using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.TestKit;

namespace Lockstep.Integration.Tests;

/// <summary>
/// The five-minute story: <c>--demo</c> with nothing installed, rows flow, the active engine is killed by REST, nothing is lost
/// or doubled; then the manager itself is killed and started again, and finds its workers. All as real processes.
/// </summary>
public sealed class DemoTests : IAsyncLifetime
{
    private const string Token = "demo-test-token-0123456789";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("lockstep-demo-").FullName;
    private readonly string _address = $"http://127.0.0.1:{FreePorts.Next()}";
    private readonly HttpClient _client = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _client.BaseAddress = new Uri(_address);
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        var left = Ours();
        foreach (var pid in left)
        {
            Kill(pid);
        }

        await Eventually.TrueAsync(() => Ours().Count == 0);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_demo_survives_the_death_of_its_active_engine_and_of_its_manager()
    {
        int[] before;
        await using (var manager = Start())
        {
            var group = await ReadyAsync(manager);
            Assert.Contains("in memory, unfenced", group.Bus, StringComparison.Ordinal);
            await Eventually.GetAsync(GroupAsync, g => g?.Ledger.Rows > 50, Patience);

            using var kill = await _client.PostAsJsonAsync(
                Path("/groups/demo/actions/kill"), new GroupActionRequest(), Json, Cancellation);
            kill.EnsureSuccessStatusCode();
            var operation = await kill.Content.ReadFromJsonAsync<OperationResource>(Json, Cancellation);
            await Eventually.GetAsync(
                () => _client.GetFromJsonAsync<OperationResource>(Path($"/operations/{operation!.Id}"), Json, Cancellation),
                o => o?.State == "done", Patience);
            var failovers = await _client.GetFromJsonAsync<Page<FailoverResource>>(Path("/groups/demo/failovers"), Json, Cancellation);
            Assert.Contains(failovers!.Items, f => f is { FailoverGroup: "engines", Cause: "killed" } && f.From == operation!.Member);

            group = await ReadyAsync(manager);
            var rows = group.Ledger.Rows;
            group = (await Eventually.GetAsync(GroupAsync, g => g?.Ledger.Rows > rows + 50, Patience))!;
            Assert.Equal((0, 0), (group.Ledger.Lost, group.Ledger.Duplicated));
            await TailShowsRowsAsync();
            before = [.. group.Members.Select(m => m.Pid ?? 0)];
            await manager.KillAsync();
        }

        Assert.All(before, pid => Assert.False(HasEnded(pid), $"worker {pid} has ended with its manager"));
        await using (var manager = Start())
        {
            var group = await ReadyAsync(manager);
            Assert.Equal(before, group.Members.Select(m => m.Pid ?? 0));
            var rows = group.Ledger.Rows;
            group = (await Eventually.GetAsync(GroupAsync, g => g?.Ledger.Rows > rows + 50, Patience))!;
            Assert.Equal((0, 0), (group.Ledger.Lost, group.Ledger.Duplicated));
            AssertClosedForm(group.OutputFile!);

            using var stop = await _client.PostAsJsonAsync(
                Path("/groups/demo/actions/stop"), new GroupActionRequest(), Json, Cancellation);
            stop.EnsureSuccessStatusCode();
            await Eventually.GetAsync(GroupAsync, g => g!.Members.All(m => m.Pid is null), Patience);
        }
    }

    /// <summary>Row n has the sum of the last 20 numbers up to n, and rows are 1, 2, 3, ...</summary>
    private static void AssertClosedForm(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        var lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("opcode,flags,", lines[0], StringComparison.Ordinal);
        Assert.True(lines.Length > 100, $"only {lines.Length} lines");
        for (var n = 1L; n < lines.Length; n++)
        {
            var fields = lines[n].Split(',', StringSplitOptions.TrimEntries);
            var first = Math.Max(1, n - 19);
            Assert.Equal(n, long.Parse(fields[3], CultureInfo.InvariantCulture));
            Assert.Equal((first + n) * (n - first + 1) / 2.0, double.Parse(fields[7], CultureInfo.InvariantCulture));
        }
    }

    private async Task TailShowsRowsAsync()
    {
        var text = await _client.GetStringAsync(Path("/groups/demo/output?from=newest-5"), Cancellation);
        var rows = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<OutputRow>(line, Json)!).ToList();
        Assert.True(rows.Count >= 5, text);
        Assert.All(rows.Zip(rows.Skip(1)), pair => Assert.True(
            (pair.First.Offset, pair.First.Index).CompareTo((pair.Second.Offset, pair.Second.Index)) < 0));
        Assert.All(rows, row => Assert.StartsWith("engine-", row.Member, StringComparison.Ordinal));
    }

    private ChildProcess Start() => ChildProcess.Start(
        "dotnet",
        [Program("Manager.Web"), "--demo", "--demo-rate", "40", "--data", _folder, "--urls", _address],
        new Dictionary<string, string?> { ["LOCKSTEP_ADMIN_TOKEN"] = Token });

    private async Task<GroupResource> ReadyAsync(ChildProcess manager)
    {
        GroupResource? group = null;
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.False(manager.HasExited, manager.Describe());
                group = await GroupAsync();
                return group is { Readiness.Ready: true }
                    && group.Members.All(m => m is { State: MemberState.Running, Pid: not null, Age: < 3 })
                    && group.Members.Any(m => m is { FailoverGroup: "inputs", Role: MemberRole.Active });
            },
            Patience,
            () => $"{group?.Summary}\n{manager.Describe()}\n{MembersLogs()}");
        return group!;
    }

    /// <summary>The last lines of each member's log, for a failure's message.</summary>
    private string MembersLogs() => string.Join('\n', Directory.EnumerateFiles(_folder, "*.log", SearchOption.AllDirectories).Select(
        file => $"{file}:\n{string.Join('\n', File.ReadLines(file).TakeLast(25))}"));

    private async Task<GroupResource?> GroupAsync()
    {
        try
        {
            return await _client.GetFromJsonAsync<GroupResource>(Path("/groups/demo"), Json, Cancellation);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static Uri Path(string path) => new("/api/v1" + path, UriKind.Relative);

    private static string Program(string project)
    {
        var here = System.IO.Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        return System.IO.Path.GetFullPath(System.IO.Path.Combine(
            here, "..", "..", project, System.IO.Path.GetFileName(here), $"Lockstep.{project}.dll"));
    }

    private static bool HasEnded(int pid) => !Directory.Exists($"/proc/{pid}");

    /// <summary>Processes whose command line names this test's folder.</summary>
    private List<int> Ours()
    {
        var found = new List<int>();
        foreach (var entry in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(System.IO.Path.GetFileName(entry), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && pid != Environment.ProcessId && CommandLineOf(entry).Contains(_folder, StringComparison.Ordinal))
            {
                found.Add(pid);
            }
        }

        return found;
    }

    private static string CommandLineOf(string entry)
    {
        try
        {
            return File.ReadAllText(System.IO.Path.Combine(entry, "cmdline"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static void Kill(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            // It has ended meanwhile.
        }
    }
}
