using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Projects;

namespace Lockstep.Manager.Web.Tests;

/// <summary>Bad input over REST: the status says whose fault it is, the problem says where and what to do.</summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private readonly ManagerApp _app = new();
    private HttpClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _client = _app.CreateTrusted();
        using var answer = await _client.PostAsJsonAsync(Path("/projects"), new CreateProjectRequest("p"), ManagerApp.Json, Cancellation);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return _app.DisposeAsync();
    }

    [Fact]
    public async Task Different_mistakes_come_back_together_with_what_is_supported_and_nothing_is_stored()
    {
        var (status, problem) = await PublishAsync(Models.ThreeErrors);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal("modelInvalid", problem.GetProperty("code").GetString());
        var found = ErrorsOf(problem);
        Assert.All(found, p => Assert.True(p.Line > 0 && p.Column > 0, p.ToString()));
        Assert.Equal(["LS1020", "LS1030", "LS1033"], found.Where(p => p.Severity == "error").Select(p => p.Code).Order());
        Assert.Contains("compute", found.Single(p => p.Code == "LS1020").Message, StringComparison.Ordinal);
        Assert.Contains("kafka", found.Single(p => p.Code == "LS1030").Message, StringComparison.Ordinal);
        Assert.Contains("csv", found.Single(p => p.Code == "LS1033").Message, StringComparison.Ordinal);
        Assert.Contains("growinginputfile", found.Single(p => p.Code == "LS1031").Message, StringComparison.Ordinal);
        var project = await _client.GetFromJsonAsync<ProjectResource>(Path("/projects/p"), ManagerApp.Json, Cancellation);
        Assert.Null(project!.LatestVersion);
    }

    [Fact]
    public async Task A_document_type_is_refused_with_its_place()
    {
        var (status, problem) = await PublishAsync("<?xml version=\"1.0\"?>\n<!DOCTYPE p [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>\n<project>&e;</project>");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        var found = Assert.Single(ErrorsOf(problem));
        Assert.Equal(("LS1001", 2), (found.Code, found.Line));
        Assert.True(found.Column > 0);
    }

    [Fact]
    public async Task A_model_over_the_limit_is_refused_with_the_limit()
    {
        var (status, problem) = await PublishAsync(new string(' ', ProjectCatalog.MaxModelBytes + 1));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("16 MiB", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_version_cannot_be_deployed_and_the_problem_says_what_to_do()
    {
        var (status, problem) = await DeployAsync("p", null);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "noSuchVersion"), (status, problem.GetProperty("code").GetString()));
        Assert.Contains("publish a model first", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Created, (await PublishAsync(Models.Sum20)).Status);
        (status, problem) = await DeployAsync("p", "9.9");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "noSuchVersion"), (status, problem.GetProperty("code").GetString()));
        Assert.Contains("the latest is 1.0", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);

        (status, problem) = await DeployAsync("nosuch", null);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "noSuchProject"), (status, problem.GetProperty("code").GetString()));
    }

    [Theory]
    [InlineData("/groups/nosuch")]
    [InlineData("/groups/nosuch/members")]
    [InlineData("/groups/nosuch/failovers")]
    public async Task An_unknown_group_is_named(string path)
    {
        using var answer = await _client.GetAsync(Path(path), Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal("noSuchGroup", problem.GetProperty("code").GetString());
        Assert.Contains("'nosuch'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_answer_of_the_worker_the_validator_decides_and_the_log_says_so()
    {
        Assert.Equal(HttpStatusCode.Created, (await PublishAsync(Models.Sum20)).Status);
        Assert.Contains(_app.Log.Lines, l => l.Contains("The worker did not check the model's expressions", StringComparison.Ordinal));
    }

    [Fact]
    public void What_the_engine_found_is_added_once_in_document_order()
    {
        const string answer = """
            [{"severity":"warning","code":"LS1004","path":"p","line":3,"column":1,"message":"token"},
             {"severity":"error","code":"LS2101","path":"p/q/c","line":9,"column":22,"message":"syntax"},
             {"severity":"error","code":"LS2101","path":"p/q/c","line":9,"column":22,"message":"syntax"},
             {"severity":"error","code":"LS2104","path":"p/q/c","line":2,"column":4,"message":"function"},
             {"severity":"error","code":"LS1042","path":"p/q/c/a","line":1,"column":1,"message":"a file of this machine"}]
            """;
        ProblemResource[] own = [new("warning", "LS1004", "p", 3, 1, "token")];
        Assert.Equal([(2, "LS2104"), (3, "LS1004"), (9, "LS2101")], ModelTrial.Merge(own, answer).Select(p => (p.Line, p.Code)));
    }

    private static Uri Path(string path) => new("/api/v1" + path, UriKind.Relative);

    private static List<ProblemResource> ErrorsOf(JsonElement problem) =>
        problem.GetProperty("errors").Deserialize<List<ProblemResource>>(ManagerApp.Json)!;

    private Task<(HttpStatusCode Status, JsonElement Problem)> PublishAsync(string model) =>
        PostAsync("/projects/p/versions", new PublishVersionRequest(model));

    private Task<(HttpStatusCode Status, JsonElement Problem)> DeployAsync(string project, string? version) =>
        PostAsync("/groups", new { name = "g", project, version });

    private async Task<(HttpStatusCode Status, JsonElement Problem)> PostAsync<T>(string path, T body)
    {
        using var answer = await _client.PostAsJsonAsync(Path(path), body, ManagerApp.Json, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation));
    }
}
