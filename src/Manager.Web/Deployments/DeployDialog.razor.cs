using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Api;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>The form that deploys a published version as an HA group.</summary>
public partial class DeployDialog
{
    private static readonly Dictionary<string, string> NoSettings = [];
    private string _name = "";
    private string _input = "";
    private string _output = "";
    private int _headerLines;
    private bool _isProduction;
    private bool _isBusy;
    private Refusal? _refusal;
    private CreateGroupRequest? _checked;
    private DeployCheckResource? _check;

    /// <summary>Project to deploy.</summary>
    [Parameter, EditorRequired]
    public string Project { get; set; } = "";

    /// <summary>Its version.</summary>
    [Parameter, EditorRequired]
    public string Version { get; set; } = "";

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = null!;

    [Inject]
    private GroupDeployments Deployments { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private AuthenticationStateProvider Authentication { get; set; } = null!;

    /// <summary>Opens it.</summary>
    internal static Task<IDialogReference> ShowAsync(IDialogService dialogs, string title, string project, string version) =>
        dialogs.ShowAsync<DeployDialog>(
            title,
            new DialogParameters<DeployDialog> { { x => x.Project, project }, { x => x.Version, version } },
            new DialogOptions { CloseOnEscapeKey = true, MaxWidth = MaxWidth.Small, FullWidth = true });

    /// <inheritdoc />
    protected override void OnInitialized() => _name = Project;

    /// <summary>Warnings are shown once before anything is deployed; then they are the reader's to judge.</summary>
    private bool HasSeenWarnings => _check is { CanDeploy: true, Problems.Count: > 0 } && _checked == Request();

    private async Task CheckAsync()
    {
        _isBusy = true;
        _refusal = null;
        _check = null;
        StateHasChanged();
        _checked = Request();
        _check = await Deployments.CheckAsync(_checked, CancellationToken.None);
        _isBusy = false;
    }

    private async Task DeployAsync()
    {
        if (!HasSeenWarnings)
        {
            await CheckAsync();
            if (_check is not { CanDeploy: true, Problems.Count: 0 })
            {
                return;
            }
        }

        _isBusy = true;
        var state = await Authentication.GetAuthenticationStateAsync();
        var outcome = await Deployments.CreateAsync(Request(), state.User.Identity?.Name ?? "console", CancellationToken.None);
        _isBusy = false;
        if (outcome.Refusal is { } refusal)
        {
            _refusal = refusal;
            return;
        }

        Dialog.Close(DialogResult.Ok(true));
        Navigation.NavigateTo($"/groups/{Uri.EscapeDataString(_name.Trim())}");
    }

    private CreateGroupRequest Request() => new()
    {
        Name = _name.Trim(),
        Project = Project,
        Version = Version,
        InputFile = OrNull(_input),
        OutputFile = OrNull(_output),
        InputHeaderLines = _headerLines,
        Settings = NoSettings,
        IsProduction = _isProduction,
    };

    private static string? OrNull(string text) => text.Trim() is { Length: > 0 } given ? given : null;
}
