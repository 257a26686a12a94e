using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Lockstep.Contracts.Api;
using Lockstep.TestKit;

namespace Lockstep.Integration.Tests;

/// <summary>Publishing by REST to a manager as a process, with the worker program beside it; no bus is needed.</summary>
public sealed class PublishTests : IAsyncLifetime
{
    private const string Token = "publish-test-token-0123456789";
    private readonly string _folder = Directory.CreateTempSubdirectory("lockstep-publish-").FullName;
    private readonly HttpClient _client = new();
    private ChildProcess? _manager;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var address = $"http://127.0.0.1:{FreePorts.Next()}";
        _client.BaseAddress = new Uri(address);
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        _manager = ChildProcess.Start(
            "dotnet",
            [
                Program("Manager.Web"), "--data", _folder, "--urls", address, "--kafka", "127.0.0.1:1", "--zookeeper", "127.0.0.1:1",
                "--worker", Program("Engine.Worker"),
            ],
            new Dictionary<string, string?> { ["LOCKSTEP_ADMIN_TOKEN"] = Token });
        await Eventually.TrueAsync(
            () => _manager.Output.Any(l => l.StartsWith("Lockstep console:", StringComparison.Ordinal)), TimeSpan.FromSeconds(60),
            _manager.Describe);
        using var created = await _client.PostAsJsonAsync(Path("/projects"), new CreateProjectRequest("p"), Cancellation);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_manager is not null)
        {
            await _manager.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_wrong_expression_is_refused_with_line_and_column_and_a_right_one_is_published()
    {
        var (status, problem) = await PublishAsync(Model("x +"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        var error = Assert.Single(
            problem.GetProperty("errors").Deserialize<List<ProblemResource>>(JsonSerializerOptions.Web)!, p => p.Severity == "error");
        Assert.StartsWith("LS21", error.Code, StringComparison.Ordinal);
        Assert.Equal(7, error.Line);
        Assert.True(error.Column > 0);

        (status, problem) = await PublishAsync(Model("x + 1"));
        Assert.True(status == HttpStatusCode.Created, problem.ToString());
        Assert.DoesNotContain(_manager!.Output, l => l.Contains("did not check", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_too_large_to_be_read_is_refused_with_the_limit()
    {
        var (status, problem) = await PublishAsync(new string('x', 31_000_000));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Contains("16 MiB", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static Uri Path(string path) => new("/api/v1" + path, UriKind.Relative);

    private static string Program(string project)
    {
        var here = System.IO.Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        return System.IO.Path.GetFullPath(System.IO.Path.Combine(
            here, "..", "..", project, System.IO.Path.GetFileName(here), $"Lockstep.{project}.dll"));
    }

    private static string Model(string expression) => $"""
        <project name="p"><contqueries><contquery name="q">
          <windows>
            <window-source name="s">
              <schema><fields><field name="id" type="int64" key="true"/><field name="x" type="int64"/></fields></schema></window-source>
            <window-compute name="c">
              <schema><fields><field name="id" type="int64" key="true"/><field name="y" type="int64"/></fields></schema>
              <output><field-expr>{expression}</field-expr></output>
            </window-compute>
          </windows>
          <edges><edge source="s" target="c"/></edges>
        </contquery></contqueries></project>
        """;

    private async Task<(HttpStatusCode Status, JsonElement Problem)> PublishAsync(string model)
    {
        using var answer = await _client.PostAsJsonAsync(Path("/projects/p/versions"), new PublishVersionRequest(model), Cancellation);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation));
    }
}
