using System.Net.Http.Json;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Lockstep.Manager.Web.Tests;

/// <summary>The database: its migrations, its mode, and what a manager that comes back finds in it.</summary>
public sealed class StorageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_migrations_make_the_model_that_the_code_has_and_the_log_is_written_ahead()
    {
        await using var app = new ManagerApp();
        using var client = app.CreateTrusted();
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<ManagerDbContext>>()
            .CreateDbContextAsync(Cancellation);
        Assert.False(db.Database.HasPendingModelChanges());
        Assert.Empty(await db.Database.GetPendingMigrationsAsync(Cancellation));
        Assert.Equal("wal", (await db.Database.SqlQueryRaw<string>("PRAGMA journal_mode").ToListAsync(Cancellation))[0]);
        Assert.All(await db.Tokens.ToListAsync(Cancellation), token => Assert.DoesNotContain(ManagerApp.Token, token.Hash, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_manager_that_comes_back_knows_what_was_asked_for()
    {
        var folder = Directory.CreateTempSubdirectory("lockstep-manager-").FullName;
        await using (var app = new ManagerApp { DataFolder = folder, KeepsFolder = true })
        {
            using var client = app.CreateTrusted();
            await PostAsync(client, "/api/v1/projects", new CreateProjectRequest("sum20"));
            await PostAsync(client, "/api/v1/projects/sum20/versions", new PublishVersionRequest(Models.Sum20));
            await PostAsync(client, "/api/v1/groups", new CreateGroupRequest
            {
                Name = "g",
                Project = "sum20",
                InputFile = "/tmp/in.csv",
                OutputFile = "/tmp/out.csv",
            });
            await PostAsync(client, "/api/v1/groups/g/actions/stop", new GroupActionRequest());
        }

        await using var again = new ManagerApp { DataFolder = folder };
        using var second = again.CreateTrusted();
        var group = await second.GetFromJsonAsync<GroupResource>(
            new Uri("/api/v1/groups/g", UriKind.Relative), ManagerApp.Json, Cancellation);
        Assert.Equal(("stopped", "1.0"), (group!.Desired, group.Version));
        Assert.Equal(["input-1", "input-2", "engine-a", "engine-b", "output-1"], group.Members.Select(m => m.Name));
        Assert.Equal(["g_31415.sum20.ESP_CQ.ESP_incoming_source_window.I", "g_31415.sum20.ESP_CQ.ESP_outgoing_window.O", "g_31415.sum20.J"], group.Topics);
        var operations = await second.GetFromJsonAsync<Page<OperationResource>>(
            new Uri("/api/v1/operations", UriKind.Relative), ManagerApp.Json, Cancellation);
        Assert.Equal(["stop", "deploy"], operations!.Items.Select(o => o.Action));
    }

    private static async Task PostAsync<T>(HttpClient client, string path, T body)
    {
        using var answer = await client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, ManagerApp.Json, Cancellation);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }
}
