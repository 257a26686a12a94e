using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Failovers;
using Lockstep.Manager.Web.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Lockstep.Manager.Web.Tests.Failovers;

/// <summary>Reports over REST, and how many are kept.</summary>
public sealed class FailoversApiTests : IAsyncLifetime
{
    private readonly ManagerApp _app = new();
    private HttpClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _client = _app.CreateTrusted();
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ManagerDbContext>>().CreateDbContextAsync(Cancellation);
        db.Groups.Add(new GroupRow { Name = "g", Project = "p", Version = "1.0", SpecJson = "{}", Desired = "stopped" });
        await db.SaveChangesAsync(Cancellation);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return _app.DisposeAsync();
    }

    [Fact]
    public async Task A_report_comes_as_json_or_as_markdown_by_address_or_by_accept()
    {
        await KeepAsync(ReportTests.Report());

        var report = await _client.GetFromJsonAsync<FailoverReportResource>(At(3, "/report"), ManagerApp.Json, Cancellation);
        Assert.Equal((3, "clean", "0:2"), (report!.Failover.Number, report.Failover.Verdict, report.Topics[0].LastBefore!.MessageId));
        Assert.Equal(84, report.Topics[0].SilenceMs);
        using var byAddress = await _client.GetAsync(At(3, "/report.md"), Cancellation);
        using var asked = new HttpRequestMessage(HttpMethod.Get, At(3, "/report"));
        asked.Headers.Accept.ParseAdd("text/markdown");
        using var byAccept = await _client.SendAsync(asked, Cancellation);
        Assert.Equal("text/markdown", byAddress.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            await byAddress.Content.ReadAsStringAsync(Cancellation), await byAccept.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData("/report", "noSuchReport")]
    [InlineData("/report.md", "noSuchReport")]
    [InlineData("", "noSuchFailover")]
    public async Task What_is_not_there_is_a_problem(string tail, string code)
    {
        using var answer = await _client.GetAsync(At(9, tail), Cancellation);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);

        Assert.Equal((HttpStatusCode.NotFound, code), (answer.StatusCode, problem.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task The_oldest_reports_go_and_a_report_is_replaced_by_its_newer_form()
    {
        for (var number = 1; number <= FailoverStorage.ReportsKept + 2; number++)
        {
            await KeepAsync(ReportTests.Report(number) with { IsComplete = false });
        }

        await KeepAsync(ReportTests.Report(FailoverStorage.ReportsKept + 2));
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ManagerDbContext>>().CreateDbContextAsync(Cancellation);
        Assert.Equal(FailoverStorage.ReportsKept, await db.Reports.CountAsync(Cancellation));
        Assert.Equal(3, await db.Reports.MinAsync(r => r.Number, Cancellation));
        var newest = await _app.Services.GetRequiredService<FailoverReports>().FindAsync("g", FailoverStorage.ReportsKept + 2, Cancellation);
        Assert.True(newest!.IsComplete);
    }

    [Fact]
    public async Task A_report_of_a_group_that_is_gone_is_not_kept() =>
        Assert.False(await _app.Services.GetRequiredService<FailoverReports>()
            .KeepAsync(ReportTests.Report() with { Group = "gone" }, Cancellation));

    private static Uri At(int number, string tail) => new($"/api/v1/groups/g/failovers/{number}{tail}", UriKind.Relative);

    private async Task KeepAsync(FailoverReportResource report) =>
        Assert.True(await _app.Services.GetRequiredService<FailoverReports>().KeepAsync(report, Cancellation));
}
