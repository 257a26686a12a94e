using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Tests;

/// <summary>Projects and versions over REST, and the conventions that all resources share.</summary>
public sealed class ProjectsApiTests : IAsyncLifetime
{
    private readonly ManagerApp _app = new();
    private HttpClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _client = _app.CreateTrusted();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return _app.DisposeAsync();
    }

    [Fact]
    public async Task A_version_is_published_and_given_back_byte_for_byte_with_a_strong_tag()
    {
        await CreateAsync("sum20");
        using var answer = await PublishAsync("sum20", Models.Sum20);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("/api/v1/projects/sum20/versions/1.0", answer.Headers.Location?.ToString());
        var version = await answer.Content.ReadFromJsonAsync<VersionResource>(ManagerApp.Json, Cancellation);

        using var model = await _client.GetAsync(Path("/projects/sum20/versions/1.0/model"), Cancellation);
        Assert.Equal(Models.Sum20, await model.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal($"\"{version!.Sha256}\"", model.Headers.ETag?.ToString());

        using var again = new HttpRequestMessage(HttpMethod.Get, Path("/projects/sum20/versions/1.0/model"));
        again.Headers.IfNoneMatch.Add(model.Headers.ETag!);
        using var unchanged = await _client.SendAsync(again, Cancellation);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task Secrets_are_hidden_from_who_looks_given_to_who_changes_and_a_hidden_text_is_refused()
    {
        await CreateAsync("s");
        using var answer = await PublishAsync("s", Models.WithSecret);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var shown = await _client.GetStringAsync(Path("/projects/s/versions/1.0/model"), Cancellation);
        Assert.Equal(Models.WithSecret.Replace("open-sesame", "****hidden****", StringComparison.Ordinal), shown);
        using var whole = await _client.GetAsync(Path("/projects/s/versions/1.0/model?secrets=true"), Cancellation);
        Assert.Equal(Models.WithSecret, await whole.Content.ReadAsStringAsync(Cancellation));
        using var look = await _client.GetAsync(Path("/projects/s/versions/1.0/model?secrets=false"), Cancellation);
        Assert.NotEqual(whole.Headers.ETag, look.Headers.ETag);

        using var refused = await PublishAsync("s", shown);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var problem = await refused.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("LS1014", problem, StringComparison.Ordinal);
        Assert.Contains("secrets=true", problem, StringComparison.Ordinal);
        var project = await _client.GetFromJsonAsync<ProjectResource>(Path("/projects/s"), ManagerApp.Json, Cancellation);
        Assert.Equal("1.0", project!.LatestVersion);
    }

    [Fact]
    public async Task An_invalid_model_is_refused_with_all_problems_and_nothing_is_stored()
    {
        await CreateAsync("bad");
        using var answer = await PublishAsync("bad", Models.TwoErrors);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("modelInvalid", problem.RootElement.GetProperty("code").GetString());
        var errors = problem.RootElement.GetProperty("errors").EnumerateArray()
            .Where(e => e.GetProperty("severity").GetString() == "error").ToList();
        Assert.True(errors.Count >= 2, problem.RootElement.ToString());
        Assert.All(errors, e => Assert.True(e.GetProperty("line").GetInt32() > 0));
        var project = await _client.GetFromJsonAsync<ProjectResource>(Path("/projects/bad"), ManagerApp.Json, Cancellation);
        Assert.Null(project!.LatestVersion);
    }

    [Fact]
    public async Task Versions_are_numbered_by_bump_or_by_hand_and_never_twice()
    {
        await CreateAsync("p");
        foreach (var (request, number) in new[]
        {
            (new PublishVersionRequest(Models.Sum20), "1.0"),
            (new PublishVersionRequest(Models.Sum20), "1.1"),
            (new PublishVersionRequest(Models.Sum20, "major"), "2.0"),
            (new PublishVersionRequest(Models.Sum20, Version: "3.7"), "3.7"),
        })
        {
            using var answer = await _client.PostAsJsonAsync(Path("/projects/p/versions"), request, ManagerApp.Json, Cancellation);
            Assert.Equal(number, (await answer.Content.ReadFromJsonAsync<VersionResource>(ManagerApp.Json, Cancellation))!.Version);
        }

        using var taken = await _client.PostAsJsonAsync(
            Path("/projects/p/versions"), new PublishVersionRequest(Models.Sum20, Version: "3.7"), ManagerApp.Json, Cancellation);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, taken.StatusCode);
    }

    [Fact]
    public async Task A_write_needs_the_version_it_means()
    {
        await CreateAsync("p");
        using var blind = await _client.DeleteAsync(Path("/projects/p"), Cancellation);
        Assert.Equal(HttpStatusCode.PreconditionRequired, blind.StatusCode);
        using var stale = await DeleteAsync("/projects/p", "\"7\"");
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);
        using var found = await _client.GetAsync(Path("/projects/p"), Cancellation);
        using var right = await DeleteAsync("/projects/p", found.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.NoContent, right.StatusCode);
    }

    [Fact]
    public async Task A_post_with_an_idempotency_key_is_carried_out_once()
    {
        using var first = await PostWithKeyAsync("k1", new CreateProjectRequest("once"));
        using var again = await PostWithKeyAsync("k1", new CreateProjectRequest("once"));
        using var other = await PostWithKeyAsync("k1", new CreateProjectRequest("other"));
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Equal(
            await first.Content.ReadAsStringAsync(Cancellation), await again.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
    }

    [Fact]
    public async Task Lists_come_in_pages_that_meet()
    {
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
        {
            await CreateAsync(name);
        }

        var names = new List<string>();
        string? cursor = null;
        do
        {
            var page = await _client.GetFromJsonAsync<Page<ProjectResource>>(
                Path($"/projects?limit=2{(cursor is null ? "" : "&cursor=" + cursor)}"), ManagerApp.Json, Cancellation);
            names.AddRange(page!.Items.Select(p => p.Name));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(["a", "b", "c", "d", "e"], names);
        using var wrong = await _client.GetAsync(Path("/projects?limit=501"), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    private static Uri Path(string path) => new("/api/v1" + path, UriKind.Relative);

    private async Task CreateAsync(string name)
    {
        using var answer = await _client.PostAsJsonAsync(Path("/projects"), new CreateProjectRequest(name), ManagerApp.Json, Cancellation);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    private Task<HttpResponseMessage> PublishAsync(string project, string model) => _client.PostAsJsonAsync(
        Path($"/projects/{project}/versions"), new PublishVersionRequest(model), ManagerApp.Json, Cancellation);

    private async Task<HttpResponseMessage> DeleteAsync(string path, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, Path(path));
        request.Headers.TryAddWithoutValidation("If-Match", tag);
        return await _client.SendAsync(request, Cancellation);
    }

    private async Task<HttpResponseMessage> PostWithKeyAsync(string key, CreateProjectRequest body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path("/projects"));
        request.Headers.Add("Idempotency-Key", key);
        request.Content = JsonContent.Create(body, options: ManagerApp.Json);
        return await _client.SendAsync(request, Cancellation);
    }
}
