using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lockstep.Contracts.Api;
using Lockstep.Kafka;
using Lockstep.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Integration.Tests;

/// <summary>
/// A person who deploys on topics that don't keep enough is told before, and while the group runs. Manager, workers, a real broker
/// whose defaults are dangerous, and ZooKeeper, as processes.
/// </summary>
public sealed class RetentionTests : IAsyncLifetime
{
    private const string Token = "retention-test-token-0123456789";
    private const string Inbound = "g_31415.sum20.ESP_CQ.ESP_incoming_source_window.I";
    private const string Journal = "g_31415.sum20.J";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("lockstep-retention-").FullName;
    private readonly HttpClient _client = new();
    private KafkaCluster _servers = null!;
    private ChildProcess _manager = null!;
    private TopicAdmin _admin = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _servers = await KafkaCluster.StartAsync(new KafkaClusterOptions
        {
            Mode = KafkaMode.Kraft,
            WithZooKeeper = true,
            Settings = new Dictionary<string, string>
            {
                ["log.retention.ms"] = "20000",
                ["transactional.id.expiration.ms"] = "600000",
            },
        });
        _admin = new TopicAdmin(_servers.Bus, NullLogger.Instance);
        var address = $"http://127.0.0.1:{FreePorts.Next()}";
        _client.BaseAddress = new Uri(address);
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        _manager = ChildProcess.Start(
            "dotnet",
            [
                Program("Manager.Web"), "--data", _folder, "--urls", address, "--worker", Program("Engine.Worker"),
                "--kafka", _servers.BootstrapServers, "--zookeeper", _servers.ZooKeeper!.ConnectString,
            ],
            new Dictionary<string, string?> { ["LOCKSTEP_ADMIN_TOKEN"] = Token });
        await Eventually.TrueAsync(
            () => _manager.Output.Any(l => l.StartsWith("Lockstep console:", StringComparison.Ordinal)), Patience, _manager.Describe);
    }

    public async ValueTask DisposeAsync()
    {
        using var stop = await _client.PostAsJsonAsync(Path("/groups/g/actions/stop"), new GroupActionRequest(), Json, CancellationToken.None);
        await Eventually.GetAsync(GroupAsync, g => g is null || g.Members.All(m => m.Pid is null), Patience);
        await _manager.DisposeAsync();
        _admin.Dispose();
        await _servers.DisposeAsync();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Who_deploys_on_topics_that_keep_too_little_is_told_before_and_while_the_group_runs()
    {
        await PublishAsync();

        // Before any topic exists: what the brokers' defaults would give it.
        var check = await CheckAsync();
        Assert.True(check.CanDeploy);
        Assert.Equal(
            [
                ("LS5006", Inbound, "keeps records for 20 s (retention.ms=20000), but an engine may restart from a snapshot that is 30 s old"),
                ("LS5006", Inbound, "but window ESP_CQ/kept keeps rows for 30 minutes"),
                ("LS5007", "broker 0", "transactional.id.expiration.ms=600000"),
            ],
            check.Problems.Select((p, i) => (p.Code, p.Path, Part(p.Message, i))));
        Assert.False(check.Retention!.Topics.Single(t => t.Topic == Inbound).Exists);
        Assert.Null(await _admin.DescribeAsync(Inbound, Cancellation));

        // A compacted inbound topic: refused, by the check and by the deployment itself.
        await _admin.EnsureTopicAsync(new TopicSpec(Inbound) { Compacted = true }, Cancellation);
        check = await CheckAsync();
        Assert.False(check.CanDeploy);
        var error = Assert.Single(check.Problems, p => p.Severity == "error");
        Assert.Equal(("LS5006", Inbound), (error.Code, error.Path));
        using (var refused = await _client.PostAsJsonAsync(Path("/groups"), Request(), Json, Cancellation))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains("cleanup.policy=compact", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }

        await _admin.DeleteTopicAsync(Inbound, Cancellation);
        await Eventually.TrueAsync(async () => await _admin.DescribeAsync(Inbound, Cancellation) is null);

        // With the defaults it runs, and goes on saying so.
        using (var accepted = await _client.PostAsJsonAsync(Path("/groups"), Request(), Json, Cancellation))
        {
            Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
            Assert.Contains("3 warnings", await accepted.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }

        var group = await SeenAsync(g => g.Readiness.Ready && g.Alarms.Count > 0);
        Assert.Equal(["LS5006", "LS5006", "LS5007"], group.Alarms.Select(a => a.Code));

        // The window's rows, the journal without limit, and a snapshot of the standby are seen.
        await Eventually.TrueAsync(async () => (await RetentionAsync()).SnapshotMinutes is < 0.5, Patience);
        var whole = await RetentionAsync();
        Assert.Null(whole.RebuildMinutes);
        Assert.Equal((Math.Round(20 / 60.0, 2), Inbound), (whole.KeptMinutes, whole.LimitedBy));
        Assert.Null(whole.Topics.Single(t => t.Topic == Journal).KeptMinutes);
        Assert.True(whole.Topics.Single(t => t.Topic == Inbound).SizeBytes > 0);

        // What was deleted shortens the reach, and the newest snapshot is still enough.
        var end = (await _admin.ListOffsetsAsync([Inbound], OffsetEnd.Latest, ReadIsolation.Committed, Cancellation))[Inbound];
        await _admin.DeleteRecordsAsync(Inbound, end / 2, Cancellation);
        var shorter = await RetentionAsync();
        Assert.NotNull(shorter.RebuildMinutes);
        Assert.Contains($"old: there {Inbound} begins", shorter.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain(shorter.Problems, p => p.Message.Contains("no engine has a snapshot", StringComparison.Ordinal));
    }

    /// <summary>The part of a message that is expected at this place, or the whole message.</summary>
    private static string Part(string message, int place)
    {
        string[] parts =
        [
            "keeps records for 20 s (retention.ms=20000), but an engine may restart from a snapshot that is 30 s old",
            "but window ESP_CQ/kept keeps rows for 30 minutes",
            "transactional.id.expiration.ms=600000",
        ];
        return message.Contains(parts[place], StringComparison.Ordinal) ? parts[place] : message;
    }

    private CreateGroupRequest Request()
    {
        var input = System.IO.Path.Combine(_folder, "input.csv");
        if (!File.Exists(input))
        {
            var text = new StringBuilder();
            for (var n = 1; n <= 2_000; n++)
            {
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"i,n,,{n},4800,55200,1617126201\n");
            }

            File.WriteAllText(input, text.ToString());
        }

        return new CreateGroupRequest { Name = "g", Project = "sum20", InputFile = input };
    }

    private async Task PublishAsync()
    {
        var model = (await File.ReadAllTextAsync(System.IO.Path.Combine(Checkout.Root, "samples", "sum20", "project.xml"), Cancellation))
            .Replace("</windows>", """<window-copy name="kept"><retention type="bytime_sliding">30 minutes</retention></window-copy></windows>""",
                StringComparison.Ordinal)
            .Replace("</edges>", """<edge source="ESP_incoming_source_window" target="kept"/></edges>""", StringComparison.Ordinal);
        using var created = await _client.PostAsJsonAsync(Path("/projects"), new CreateProjectRequest("sum20"), Cancellation);
        using var published = await _client.PostAsJsonAsync(Path("/projects/sum20/versions"), new PublishVersionRequest(model), Cancellation);
        Assert.True(published.StatusCode == HttpStatusCode.Created, await published.Content.ReadAsStringAsync(Cancellation));
    }

    private async Task<DeployCheckResource> CheckAsync()
    {
        using var answer = await _client.PostAsJsonAsync(Path("/groups?dryRun=true"), Request(), Json, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<DeployCheckResource>(Json, Cancellation))!;
    }

    private async Task<RetentionResource> RetentionAsync() =>
        (await _client.GetFromJsonAsync<RetentionResource>(Path("/groups/g/retention"), Json, Cancellation))!;

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
            () => $"{group?.Summary}\n{string.Join('\n', group?.Alarms.Select(a => a.Message) ?? [])}");
        return group!;
    }

    private async Task<GroupResource?> GroupAsync()
    {
        using var answer = await _client.GetAsync(Path("/groups/g"), CancellationToken.None);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<GroupResource>(Json, CancellationToken.None) : null;
    }

    private static Uri Path(string path) => new("/api/v1" + path, UriKind.Relative);

    private static string Program(string project)
    {
        var here = System.IO.Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        return System.IO.Path.GetFullPath(System.IO.Path.Combine(
            here, "..", "..", project, System.IO.Path.GetFileName(here), $"Lockstep.{project}.dll"));
    }
}
