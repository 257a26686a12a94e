using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Api;
using Lockstep.Manager.Web.Projects;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>The group's upgrade: choose a version, watch its shadows, hand over, go back, end.</summary>
public partial class GroupUpgrade
{
    private IReadOnlyList<string>? _versions;
    private string _version = "";
    private string _startEmpty = "";
    private string _keepState = "";
    private bool _rebuild;
    private bool _isBusy;
    private string? _refusal;

    /// <summary>The group.</summary>
    [Parameter, EditorRequired]
    public GroupResource Group { get; set; } = null!;

    [Inject]
    private GroupUpgrades Upgrades { get; set; } = null!;

    [Inject]
    private ProjectCatalog Projects { get; set; } = null!;

    [Inject]
    private AuthenticationStateProvider Authentication { get; set; } = null!;

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        var found = await Projects.VersionsAsync(Group.Project, CancellationToken.None);
        _versions = [.. (found.Value ?? []).Select(v => v.Version).Where(v => v != Group.Version)];
        _version = _versions.Count > 0 ? _versions[0] : "";
    }

    private Task StartAsync() => RunAsync(actor => Upgrades.StartAsync(
        Group.Name,
        new StartUpgradeRequest
        {
            Version = _version,
            Rebuild = _rebuild,
            StartEmpty = _rebuild ? [] : Names(_startEmpty),
            KeepState = _rebuild ? [] : Names(_keepState),
        },
        actor,
        CancellationToken.None));

    private Task HandOverAsync(bool isBack) => RunAsync(actor => Upgrades.HandOverAsync(Group.Name, isBack, actor));

    private Task EndAsync() => RunAsync(actor => Upgrades.EndAsync(Group.Name, actor, CancellationToken.None));

    private async Task RunAsync(Func<string, Task<Outcome<OperationResource>>> act)
    {
        _isBusy = true;
        _refusal = null;
        var state = await Authentication.GetAuthenticationStateAsync();
        var outcome = await act(state.User.Identity?.Name ?? "console");
        _refusal = outcome.Refusal?.Message;
        _isBusy = false;
    }

    private static string[] Names(string text) =>
        text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
