using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lockstep.Contracts.Api;
using Lockstep.TestKit;

namespace Lockstep.Failover.Benchmarks;

/// <summary>A manager started as a user would, spoken to by REST alone.</summary>
internal sealed class ManagerUnderTest : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly ChildProcess _process;
    private readonly string _log;
    private readonly HttpClient _client;

    private ManagerUnderTest(ChildProcess process, HttpClient client, string log)
    {
        _process = process;
        _log = log;
        _client = client;
    }

    public static async Task<ManagerUnderTest> StartAsync(string kafka, string zooKeeper, string dataFolder, int? sessionMs = null)
    {
        var root = Checkout.Root;
        var token = Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(24));
        var address = $"http://127.0.0.1:{FreePorts.Next()}";
        Directory.CreateDirectory(dataFolder);
        var logFile = Path.Combine(dataFolder, "manager.log");
        var log = TextWriter.Synchronized(new StreamWriter(
            new FileStream(logFile, FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
        { AutoFlush = true });
        var process = ChildProcess.Start(
            "dotnet",
            [
                Path.Combine(root, "artifacts/bin/Manager.Web/release/Lockstep.Manager.Web.dll"),
                "--worker", Path.Combine(root, "artifacts/publish/worker/Lockstep.Engine.Worker.dll"),
                "--urls", address, "--data", dataFolder, "--kafka", kafka, "--zookeeper", zooKeeper,
                .. sessionMs is { } ms ? new[] { string.Create(CultureInfo.InvariantCulture, $"--session-timeout-ms={ms}") } : [],
            ],
            new Dictionary<string, string?> { ["LOCKSTEP_ADMIN_TOKEN"] = token },
            onLine: log.WriteLine);
        var client = new HttpClient { BaseAddress = new Uri(address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var manager = new ManagerUnderTest(process, client, logFile);
        await Eventually.TrueAsync(
            () => IsReadyAsync(client),
            TimeSpan.FromSeconds(60),
            () => string.Join('\n', process.Output));
        return manager;
    }

    /// <summary>Publishes the sample sum20 and deploys it as a group of 2, 2 and 1.</summary>
    public async Task DeploySum20Async(string group, string inputFile, string outputFile)
    {
        var model = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "samples/sum20/project.xml"));
        await PostAsync("/api/v1/projects", new CreateProjectRequest("sum20"));
        await PostAsync("/api/v1/projects/sum20/versions", new PublishVersionRequest(model));
        await PostAsync("/api/v1/groups", new CreateGroupRequest
        {
            Name = group,
            Project = "sum20",
            InputFile = inputFile,
            OutputFile = outputFile,
            InputHeaderLines = 2,
        });
    }

    public async Task<GroupResource> GroupAsync(string group) =>
        await _client.GetFromJsonAsync<GroupResource>(new Uri($"/api/v1/groups/{group}", UriKind.Relative), Json)
        ?? throw new InvalidDataException("The group is null.");

    /// <summary>What a worker says of itself.</summary>
    public async Task<WorkerStatus> StatusAsync(MemberResource member) =>
        await _client.GetFromJsonAsync<WorkerStatus>(new Uri(new Uri(member.Address!), "/status"), Json)
        ?? throw new InvalidDataException("The status is null.");

    /// <summary>Stops the process as a whole: nobody supervises then.</summary>
    public void Pause() => _process.Pause();

    /// <summary>Undoes <see cref="Pause"/>.</summary>
    public void Continue() => _process.Continue();

    /// <summary>The newest log line that holds a text; null for none.</summary>
    public string? LastLine(string text)
    {
        using var reader = new StreamReader(new FileStream(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        string? last = null;
        while (reader.ReadLine() is { } line)
        {
            last = line.Contains(text, StringComparison.Ordinal) ? line : last;
        }

        return last;
    }

    public Task SwitchOverAsync(string group) => PostAsync($"/api/v1/groups/{group}/actions/switchover", new GroupActionRequest());

    public Task StopGroupAsync(string group) => PostAsync($"/api/v1/groups/{group}/actions/stop", new GroupActionRequest());

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
    }

    private static async Task<bool> IsReadyAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // Not listening yet; the caller's deadline ends the wait.
            return false;
        }
    }

    private async Task PostAsync<T>(string path, T body)
    {
        using var answer = await _client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Json);
        if (!answer.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"POST {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
    }
}
