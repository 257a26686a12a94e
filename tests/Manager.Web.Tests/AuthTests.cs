using System.Net;

namespace Lockstep.Manager.Web.Tests;

/// <summary>Who gets in, and that what they show is written nowhere.</summary>
public sealed class AuthTests : IAsyncLifetime
{
    private readonly ManagerApp _app = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_call_without_a_token_is_refused_with_a_problem()
    {
        using var client = _app.CreateStranger();
        using var answer = await client.GetAsync(new Uri("/api/v1/groups", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("\"code\":\"unauthorized\"", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_token_is_refused_and_never_logged()
    {
        const string wrong = "wrong-token-that-nobody-knows";
        using var client = _app.CreateStranger();
        client.DefaultRequestHeaders.Authorization = new("Bearer", wrong);
        using var answer = await client.GetAsync(new Uri("/api/v1/groups", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        using var page = await client.GetAsync(new Uri($"/login?token={wrong}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, page.StatusCode);
        using var right = await client.GetAsync(new Uri($"/login?token={ManagerApp.Token}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, right.StatusCode);
        Assert.DoesNotContain(_app.Log.Lines, line => line.Contains(wrong, StringComparison.Ordinal));
        Assert.DoesNotContain(_app.Log.Lines, line => line.Contains(ManagerApp.Token, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/groups/demo", "/groups/demo")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("/a\nb", "/")]
    public async Task The_link_signs_in_by_cookie_and_leads_only_to_this_site(string asked, string led)
    {
        using var client = _app.CreateStranger();
        using var answer = await client.GetAsync(
            new Uri($"/login?token={ManagerApp.Token}&returnUrl={Uri.EscapeDataString(asked)}", UriKind.Relative),
            TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(led, answer.Headers.Location?.ToString());
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("lockstep=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        using var groups = await client.GetAsync(new Uri("/api/v1/groups", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, groups.StatusCode);
    }

    [Fact]
    public async Task A_write_with_our_cookie_from_another_site_is_refused()
    {
        using var client = _app.CreateStranger();
        using var login = await client.GetAsync(
            new Uri($"/login?token={ManagerApp.Token}", UriKind.Relative), TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/projects");
        request.Headers.Add("Origin", "https://evil.example");
        request.Content = new StringContent("{\"name\":\"p\"}", null, "application/json");
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Secrets_lie_in_files_that_only_their_owner_reads()
    {
        using var client = _app.CreateTrusted();
        using var answer = await client.GetAsync(new Uri("/health/live", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        foreach (var name in new[] { "admin-token", "worker-key" })
        {
            var path = Path.Combine(_app.DataFolder, name);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(path).UnixFileMode);
        }
    }

    [Fact]
    public async Task Pages_forbid_foreign_script_and_eval()
    {
        using var client = _app.CreateStranger();
        using var page = await client.GetAsync(new Uri("/login", UriKind.Relative), TestContext.Current.CancellationToken);
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
    }
}
