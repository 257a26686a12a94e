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
/// The upgrade story with a manager, its workers, real Kafka and real ZooKeeper as processes, under load: a new version follows as
/// shadow, is handed over to, goes back, is handed over to again while the old active is killed and then the new one, and stays.
/// No row is lost or doubled, and every sum is unbroken.
/// </summary>
public sealed class UpgradeTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Token = "upgrade-test-token-0123456789";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("lockstep-upgrade-").FullName;
    private readonly HttpClient _client = new();
    private KafkaCluster _servers = null!;
    private ChildProcess _manager = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _servers = await KafkaCluster.StartAsync(new KafkaClusterOptions { Mode = KafkaMode.Kraft, WithZooKeeper = true });
        var address = $"http://127.0.0.1:{FreePorts.Next()}";
        _client.BaseAddress = new Uri(address);
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        _manager = ChildProcess.Start(
            "dotnet",
            [
                Program("Manager.Web"), "--demo", "--demo-rate", "200", "--data", _folder, "--urls", address,
                "--kafka", _servers.BootstrapServers, "--zookeeper", _servers.ZooKeeper!.ConnectString,
            ],
            new Dictionary<string, string?> { ["LOCKSTEP_ADMIN_TOKEN"] = Token });
    }

    public async ValueTask DisposeAsync()
    {
        using var stop = await _client.PostAsJsonAsync(Path("/groups/demo/actions/stop"), new GroupActionRequest(), Json, CancellationToken.None);
        await Eventually.GetAsync(GroupAsync, g => g is null || g.Members.All(m => m.Pid is null), Patience);
        await _manager.DisposeAsync();
        await _servers.DisposeAsync();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_group_under_load_is_upgraded_and_rolled_back_and_survives_a_kill_on_each_side_of_the_handover()
    {
        var group = await SeenAsync(g => g is { Readiness.Ready: true, Ledger.Rows: > 200 });
        var first = group.Version;
        var second = await PublishAsync(first);

        await PostAsync("/upgrade", new StartUpgradeRequest { Version = second });
        group = await SeenAsync(g => g.Upgrade is { CanHandOver: true, Shadow.Topics: [{ Equal: > 200 }, ..] }
            && g.Members.Count(m => m.Role == MemberRole.Shadow) == 2);
        Assert.Equal(first, group.Upgrade!.Writes);
        Assert.All(group.Upgrade.Shadow!.Topics, t => Assert.Equal((0, 0, 0), (t.Different, t.Missing, t.Added)));
        Assert.All(
            group.Members.Where(m => group.Upgrade.Members.Contains(m.Name)),
            m => Assert.Equal((MemberRole.Shadow, second), (m.Role, m.Version)));

        var begun = TimeProvider.System.GetUtcNow();
        await PostAsync("/upgrade/handover", null);
        group = await WritesAsync(second);
        await MoreRowsAsync(group);
        output.WriteLine($"handed over: longest gap {await LongestGapAsync(begun)} ms");

        begun = TimeProvider.System.GetUtcNow();
        await PostAsync("/upgrade/rollback", null);
        group = await WritesAsync(first);
        await MoreRowsAsync(group);
        output.WriteLine($"rolled back: longest gap {await LongestGapAsync(begun)} ms");

        // A kill on each side: the old active as it hands over, and the new one as soon as it is seen to write.
        var old = group.Members.Single(m => m is { FailoverGroup: "engines", Role: MemberRole.Active }).Name;
        await SeenAsync(g => g.Upgrade is { CanHandOver: true });
        await PostAsync("/upgrade/handover", null);
        await PostAsync("/actions/kill", new GroupActionRequest(old));
        group = await SeenAsync(g => g.Members.Any(m => m is { FailoverGroup: "engines", Role: MemberRole.Active } && m.Name != old));
        var writer = group.Members.First(m => m is { FailoverGroup: "engines", Role: MemberRole.Active } && m.Name != old);
        await PostAsync("/actions/kill", new GroupActionRequest(writer.Name));
        group = await WritesAsync(writer.Version);
        await MoreRowsAsync(group);
        output.WriteLine($"after both kills version {writer.Version} writes");
        if (writer.Version == first)
        {
            // The kill came before the handover was committed: nothing had happened, and it is asked for again.
            group = await HandedOverAsync(second);
            writer = group.Members.First(m => m is { FailoverGroup: "engines", Role: MemberRole.Active, Version: var v } && v == second);
            await PostAsync("/actions/kill", new GroupActionRequest(writer.Name));
            group = await SeenAsync(g => g.Upgrade?.Writes == second
                && g.Members.Any(m => m is { FailoverGroup: "engines", Role: MemberRole.Active } && m.Name != writer.Name));
            await MoreRowsAsync(group);
        }

        using var end = await _client.DeleteAsync(Path("/groups/demo/upgrade"), Cancellation);
        Assert.True(end.IsSuccessStatusCode, await end.Content.ReadAsStringAsync(Cancellation));
        group = await SeenAsync(g => g is { Upgrade: null, Readiness.Ready: true } && g.Version == second
            && g.Members.Where(m => m.FailoverGroup == "engines").All(m => m.Version == second && m.Pid is not null));
        Assert.Equal(2, group.Members.Count(m => m.FailoverGroup == "engines"));
        await MoreRowsAsync(group);
        AssertUnbroken(group.OutputFile!);
    }

    private async Task<string> PublishAsync(string version)
    {
        var model = await _client.GetStringAsync(Path($"/projects/sum20/versions/{version}/model"), Cancellation);
        var target = TargetOf(model);
        var next = model
            .Replace("</windows>", """<window-filter name="positive"><expression>true</expression></window-filter></windows>""", StringComparison.Ordinal)
            .Replace("</edges>", $"""<edge source="{target}" target="positive"/></edges>""", StringComparison.Ordinal);
        using var answer = await _client.PostAsJsonAsync(
            Path("/projects/sum20/versions"), new PublishVersionRequest(next, Notes: "One window more."), Json, Cancellation);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
        return (await answer.Content.ReadFromJsonAsync<VersionResource>(Json, Cancellation))!.Version;
    }

    /// <summary>The target of the model's last edge.</summary>
    private static string TargetOf(string model)
    {
        const string Attribute = "target=\"";
        var from = model.LastIndexOf(Attribute, StringComparison.Ordinal) + Attribute.Length;
        return model[from..model.IndexOf('"', from)];
    }

    private async Task PostAsync(string path, object? body)
    {
        using var answer = await _client.PostAsJsonAsync(Path("/groups/demo" + path), body ?? new { }, Json, Cancellation);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync(Cancellation)}");
    }

    /// <summary>
    /// Hands over. An active that loses the group to another one of its version meanwhile, as sessions end on a machine short of
    /// processors, takes the request with it: it is asked for again, as a person would.
    /// </summary>
    private async Task<GroupResource> HandedOverAsync(string version)
    {
        const int Attempts = 3;
        for (var attempt = 1; ; attempt++)
        {
            var asked = await SeenAsync(g => g.Upgrade is { CanHandOver: true });
            await PostAsync("/upgrade/handover", null);
            var group = await SeenAsync(g => g.Upgrade?.Writes == version
                || (ActiveOf(g) is { } now && now.Version != version && (now.Name, now.Incarnation) != (ActiveOf(asked)?.Name, ActiveOf(asked)?.Incarnation)));
            if (group.Upgrade?.Writes == version || attempt == Attempts)
            {
                return await WritesAsync(version);
            }

            output.WriteLine($"{ActiveOf(asked)?.Name} lost the group to {ActiveOf(group)?.Name} as it was asked to hand over");
        }
    }

    private static MemberResource? ActiveOf(GroupResource group) =>
        group.Members.FirstOrDefault(m => m is { FailoverGroup: "engines", Role: MemberRole.Active });

    private Task<GroupResource> WritesAsync(string version) => SeenAsync(g => g.Upgrade?.Writes == version);

    private async Task MoreRowsAsync(GroupResource group)
    {
        var seen = await SeenAsync(g => g.Ledger.Rows > group.Ledger.Rows + 400);
        Assert.Equal((0, 0), (seen.Ledger.Lost, seen.Ledger.Duplicated));
    }

    private async Task<GroupResource> SeenAsync(Func<GroupResource, bool> isSeen)
    {
        GroupResource? group = null;
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.False(_manager.HasExited, _manager.Describe());
                group = await GroupAsync();
                return group is not null && isSeen(group);
            },
            Patience,
            () => $"{group?.Summary}\n{JsonSerializer.Serialize(group?.Upgrade, Json)}\n"
                + string.Join('\n', group?.Members.Select(m => $"{m.Name} {m.Version} {m.Role} {m.State} {m.Reason}") ?? []));
        return group!;
    }

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

    /// <summary>The longest time between two results since an instant, by stream time.</summary>
    private async Task<double> LongestGapAsync(DateTimeOffset since)
    {
        var text = await _client.GetStringAsync(Path("/groups/demo/output?from=newest-5000"), Cancellation);
        var times = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<OutputRow>(line, Json)!.At).Where(at => at >= since).ToList();
        Assert.True(times.Count > 100, $"only {times.Count} rows since {since:O}");
        return times.Zip(times.Skip(1)).Max(pair => (pair.Second - pair.First).TotalMilliseconds);
    }

    /// <summary>Row n has the sum of the last 20 numbers up to n, and rows are 1, 2, 3, ...</summary>
    private static void AssertUnbroken(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        var lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length > 1000, $"only {lines.Length} lines");
        for (var n = 1L; n < lines.Length; n++)
        {
            var fields = lines[n].Split(',', StringSplitOptions.TrimEntries);
            var first = Math.Max(1, n - 19);
            Assert.Equal(n, long.Parse(fields[3], CultureInfo.InvariantCulture));
            Assert.Equal((first + n) * (n - first + 1) / 2.0, double.Parse(fields[7], CultureInfo.InvariantCulture));
        }
    }

    private static Uri Path(string path) => new("/api/v1" + path, UriKind.Relative);

    private static string Program(string project)
    {
        var here = System.IO.Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        return System.IO.Path.GetFullPath(System.IO.Path.Combine(
            here, "..", "..", project, System.IO.Path.GetFileName(here), $"Lockstep.{project}.dll"));
    }
}
