using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Tests;

/// <summary>What is refused when an upgrade is asked for that can't be, and that one that can is kept and ended.</summary>
public sealed class UpgradesApiTests : IAsyncLifetime
{
    private readonly ManagerApp _app = new();
    private HttpClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _client = _app.CreateTrusted();
        await PostAsync(HttpStatusCode.Created, "/projects", new CreateProjectRequest("sum20"));
        await PublishAsync(xml => xml);
        await PublishAsync(xml => xml.Replace("[20]", "[10]", StringComparison.Ordinal));
        await PublishAsync(xml => xml.Replace("@PREFIX@", "other_1", StringComparison.Ordinal));
        await PostAsync(HttpStatusCode.Accepted, "/groups", new CreateGroupRequest { Name = "g", Project = "sum20", Version = "1.0" });
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return _app.DisposeAsync();
    }

    [Fact]
    public async Task What_cannot_be_is_refused_with_a_reason()
    {
        Assert.Equal("noUpgrade", await PostAsync(HttpStatusCode.NotFound, "/groups/g/upgrade/handover", new { }));
        Assert.Equal("noSuchGroup", await PostAsync(HttpStatusCode.NotFound, "/groups/h/upgrade", Version("1.1")));
        Assert.Equal("sameVersion", await PostAsync(HttpStatusCode.UnprocessableEntity, "/groups/g/upgrade", Version("1.0")));
        Assert.Equal("noSuchVersion", await PostAsync(HttpStatusCode.UnprocessableEntity, "/groups/g/upgrade", Version("9.9")));
        Assert.Equal("otherTopics", await PostAsync(HttpStatusCode.UnprocessableEntity, "/groups/g/upgrade", Version("1.2")));
    }

    [Fact]
    public async Task An_upgrade_is_kept_and_a_second_one_is_refused()
    {
        await PostAsync(HttpStatusCode.Accepted, "/groups/g/upgrade", Version("1.1"));
        var upgrade = await _client.GetFromJsonAsync<UpgradeResource>(Path("/groups/g/upgrade"), ManagerApp.Json, Cancellation);
        Assert.Equal(("1.0", "1.1", null, false), (upgrade!.From, upgrade.To, upgrade.Writes, upgrade.CanHandOver));
        Assert.Equal(["engine-c", "engine-d"], upgrade.Members);
        Assert.Contains("No engine is active.", upgrade.Reasons);
        Assert.Equal("upgradeUnderWay", await PostAsync(HttpStatusCode.Conflict, "/groups/g/upgrade", Version("1.1")));
        Assert.Equal("notReady", await PostAsync(HttpStatusCode.Conflict, "/groups/g/upgrade/handover", new { }));
    }

    private static StartUpgradeRequest Version(string version) => new() { Version = version };

    private Task<string> PublishAsync(Func<string, string> change) => PostAsync(
        HttpStatusCode.Created, "/projects/sum20/versions", new PublishVersionRequest(change(Demo.DemoDeployment.Model())));

    /// <returns>The problem's code; empty when it is none.</returns>
    private async Task<string> PostAsync(HttpStatusCode expected, string path, object body)
    {
        using var answer = await _client.PostAsJsonAsync(Path(path), body, ManagerApp.Json, Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True(answer.StatusCode == expected, $"{path}: {answer.StatusCode} {text}");
        using var json = JsonDocument.Parse(text);
        return json.RootElement.TryGetProperty("code", out var code) ? code.GetString()! : "";
    }

    private static Uri Path(string path) => new("/api/v1" + path, UriKind.Relative);
}
