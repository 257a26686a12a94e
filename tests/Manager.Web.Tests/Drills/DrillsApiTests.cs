using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lockstep.Contracts.Api;
using Lockstep.TestKit;

namespace Lockstep.Manager.Web.Tests.Drills;

/// <summary>Drills over REST: off by default, who switched them on is on record, kept over a restart of the manager.</summary>
public sealed class DrillsApiTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Drills_are_off_until_somebody_switches_them_on_and_that_outlives_the_manager()
    {
        var folder = Directory.CreateTempSubdirectory("lockstep-manager-").FullName;
        await using (var app = new ManagerApp { DataFolder = folder, KeepsFolder = true })
        {
            using var client = app.CreateTrusted();
            await DeployAsync(client);
            Assert.False((await PlanAsync(client)).Plan.IsOn);

            using var set = await client.PutAsJsonAsync(
                Path("/groups/g/drills"), new DrillPlanRequest { IsOn = true, EveryHours = 12, LimitMs = 250 }, ManagerApp.Json, Cancellation);
            Assert.Equal(HttpStatusCode.OK, set.StatusCode);
            var operations = await client.GetFromJsonAsync<Page<OperationResource>>(Path("/operations"), ManagerApp.Json, Cancellation);
            Assert.Equal(("drillsOn", "admin", "done"), (operations!.Items[0].Action, operations.Items[0].Actor, operations.Items[0].State));
        }

        await using var again = new ManagerApp { DataFolder = folder };
        using var second = again.CreateTrusted();
        var plan = await PlanAsync(second);
        Assert.Equal((true, 12, 250, "admin"), (plan.Plan.IsOn, plan.Plan.EveryHours, plan.Plan.LimitMs, plan.ChangedBy));
        Assert.NotNull(plan.NextAt);
        var runs = await second.GetFromJsonAsync<Page<DrillRunResource>>(Path("/groups/g/drills/runs"), ManagerApp.Json, Cancellation);
        Assert.Empty(runs!.Items);
    }

    [Theory]
    [InlineData("g", 0, HttpStatusCode.UnprocessableEntity, "drillPlanInvalid")]
    [InlineData("gone", 1, HttpStatusCode.NotFound, "noSuchGroup")]
    public async Task A_plan_that_makes_no_sense_or_is_for_no_group_is_refused(string group, int hours, HttpStatusCode status, string code)
    {
        await using var app = new ManagerApp();
        using var client = app.CreateTrusted();
        await DeployAsync(client);
        using var set = await client.PutAsJsonAsync(
            Path($"/groups/{group}/drills"), new DrillPlanRequest { IsOn = true, EveryHours = hours }, ManagerApp.Json, Cancellation);
        var problem = await set.Content.ReadFromJsonAsync<JsonElement>(Cancellation);

        Assert.Equal((status, code), (set.StatusCode, problem.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task One_member_is_stopped_and_started_and_the_ledger_has_an_address()
    {
        await using var app = new ManagerApp();
        using var client = app.CreateTrusted();
        await DeployAsync(client);

        await ActAsync(client, "stop");
        // Accepted, not done: the reconciler may have started it a moment ago and ends it now.
        await Eventually.GetAsync(() => StateAsync(client), s => s == MemberState.Stopped);
        await ActAsync(client, "start");
        Assert.NotEqual(MemberState.Stopped, await StateAsync(client));
        var ledger = await client.GetFromJsonAsync<LedgerResource>(Path("/groups/g/ledger"), ManagerApp.Json, Cancellation);
        Assert.Equal((0, 0, 0), (ledger!.Lost, ledger.Duplicated, ledger.Gaps.Count));
    }

    private static async Task ActAsync(HttpClient client, string action)
    {
        using var answer = await client.PostAsJsonAsync(
            Path($"/groups/g/actions/{action}"), new GroupActionRequest("engine-b"), ManagerApp.Json, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private static async Task<MemberState> StateAsync(HttpClient client) => (await client.GetFromJsonAsync<MemberResource>(
        Path("/groups/g/members/engine-b"), ManagerApp.Json, Cancellation))!.State;

    private static async Task<DrillPlanResource> PlanAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<DrillPlanResource>(Path("/groups/g/drills"), ManagerApp.Json, Cancellation))!;

    private static async Task DeployAsync(HttpClient client)
    {
        foreach (var (path, body) in new (string, object)[]
        {
            ("/projects", new CreateProjectRequest("sum20")),
            ("/projects/sum20/versions", new PublishVersionRequest(Models.Sum20)),
            ("/groups", new CreateGroupRequest { Name = "g", Project = "sum20" }),
        })
        {
            using var answer = await client.PostAsJsonAsync(Path(path), body, ManagerApp.Json, Cancellation);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
        }
    }

    private static Uri Path(string path) => new("/api/v1" + path, UriKind.Relative);
}
