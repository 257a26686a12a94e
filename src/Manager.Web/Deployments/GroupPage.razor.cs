using System.Collections.Immutable;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Ui;
using Lockstep.Manager.Web.Ui.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>One HA group: sentence, picture or table, output, failovers, configuration, and the acts.</summary>
public partial class GroupPage
{
    private static readonly string[] Tabs = ["topology", "output", "members", "failovers", "upgrade", "config"];
    private bool _isTable;
    private DateTimeOffset _openedAt;

    /// <summary>The group, from the address.</summary>
    [Parameter]
    public string Name { get; set; } = "";

    /// <summary>The tab, from the address; null for the picture.</summary>
    [Parameter]
    public string? Tab { get; set; }

    /// <summary>Where the tail begins, from the address.</summary>
    [SupplyParameterFromQuery(Name = "from")]
    public long? FromOffset { get; set; }

    /// <inheritdoc />
    protected override long Version => Store.Current.Version;

    [Inject]
    private ClusterStateStore Store { get; set; } = null!;

    [Inject]
    private FailoverRecorder Recorder { get; set; } = null!;

    [Inject]
    private GroupActions Actions { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    [Inject]
    private AuthenticationStateProvider Authentication { get; set; } = null!;

    private ClusterSnapshot Snapshot => Store.Current;

    private GroupResource? Group => Snapshot.Find(Name);

    private string ActiveTab => Tab is not null && Tabs.Contains(Tab) ? Tab : Tabs[0];

    private ImmutableArray<FailoverResource> Failovers => Recorder.Of(Name);

    /// <summary>The newest failover of the engines: the inputs' own say nothing about the output.</summary>
    private FailoverResource? LastFailover => Failovers.FirstOrDefault(f => f.FailoverGroup == "engines");

    /// <summary>Spoken once a failover; nothing for those that were there before the page.</summary>
    private string Announcement => LastFailover is { } last && last.At > _openedAt
        ? T["Phase.Announce", last.From ?? "–", last.To, Figures.Milliseconds(last.GapMs ?? 0)]
        : "";

    private string? TypedName => Group is { IsProduction: true } ? Name : null;

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        base.OnInitialized();
        _openedAt = Time.GetUtcNow();
        Browser.AppearanceChanged += OnAppearanceChanged;
    }

    /// <inheritdoc />
    protected override IDisposable Subscribe(Action changed) => Store.Subscribe(changed);

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        Browser.AppearanceChanged -= OnAppearanceChanged;
        base.Dispose(disposing);
    }

    private void OnAppearanceChanged() => _ = InvokeAsync(Redraw);

    private void ToggleTable()
    {
        _isTable = !_isTable;
        Redraw();
    }

    private string AddressOf(string tab) =>
        $"/groups/{Uri.EscapeDataString(Name)}{(tab == Tabs[0] ? "" : "/" + tab)}";

    private List<Act> ActsOf(MemberResource member)
    {
        var isUp = member.State is MemberState.Running or MemberState.Degraded or MemberState.Starting;
        var acts = new List<Act>
        {
            ActOf("kill", member.Name, Icons.Material.Outlined.Bolt, isUp ? null : T["Act.NotRunning"].Value, true),
        };
        if (member.FailoverGroup == "engines")
        {
            var refusal = member.Role != MemberRole.Active ? T["Act.NotActive"].Value
                : Group is { Readiness.Ready: true } ? null : T["Act.NotReady"].Value;
            acts.Add(ActOf("switchover", member.Name, Icons.Material.Outlined.SwapVert, refusal, false));
        }

        acts.Add(ActOf("restart", member.Name, Icons.Material.Outlined.RestartAlt, null, false));
        acts.Add(member.State == MemberState.Stopped
            ? ActOf("start", member.Name, Icons.Material.Outlined.PlayArrow, Group is { Desired: "stopped" } ? T["Act.IsStopped"].Value : null, false)
            : ActOf("stop", member.Name, Icons.Material.Outlined.Stop, isUp ? null : T["Act.NotRunning"].Value, true));
        return acts;
    }

    private List<Act> GroupActsOf(GroupResource group)
    {
        var isStopped = group.Desired == "stopped";
        return
        [
            ActOf("switchover", null, Icons.Material.Outlined.SwapVert, group.Readiness.Ready ? null : T["Act.NotReady"].Value, false),
            ActOf("restart", null, Icons.Material.Outlined.RestartAlt, isStopped ? T["Act.IsStopped"].Value : null, true),
            isStopped
                ? ActOf("start", null, Icons.Material.Outlined.PlayArrow, null, false)
                : ActOf("stop", null, Icons.Material.Outlined.Stop, null, true),
        ];
    }

    private Act ActOf(string verb, string? member, string icon, string? refusal, bool isDestructive) => new(
        verb, T["Operation." + verb], icon, Actions.Forecast(Name, verb, member), refusal, isDestructive);

    private Task RunMemberAsync((MemberResource Member, Act Act) asked) => RunAsync(asked.Act, asked.Member.Name);

    private async Task RunAsync(Act act, string? member)
    {
        var state = await Authentication.GetAuthenticationStateAsync();
        var outcome = await Actions.RunAsync(Name, act.Verb, member, state.User.Identity?.Name ?? "console", CancellationToken.None);
        if (outcome.Refusal is { } refusal)
        {
            Snackbar.Add(refusal.Message, Severity.Error);
        }
    }
}
