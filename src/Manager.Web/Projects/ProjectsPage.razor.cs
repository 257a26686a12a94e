using System.Data.Common;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Deployments;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Lockstep.Manager.Web.Projects;

/// <summary>All projects, the upload of a model, and the way to a deployment.</summary>
public partial class ProjectsPage : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<ProjectResource>? _projects;
    private string? _error;

    [Inject]
    private ProjectCatalog Catalog { get; set; } = null!;

    [Inject]
    private ClusterStateStore Store { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    private string Sentence => _projects is null
        ? T["Loading"]
        : T["Projects.Sentence", _projects.Count, _projects.Count(p => p.LatestVersion is not null)];

    /// <inheritdoc />
    protected override Task OnInitializedAsync() => LoadAsync();

    /// <inheritdoc />
    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task LoadAsync()
    {
        try
        {
            _error = null;
            _projects = await Catalog.ListAsync(_gone.Token);
        }
        catch (DbException failed)
        {
            _error = failed.Message;
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The page is gone.
        }
    }

    private string UsedBy(string project)
    {
        var users = Store.Current.Groups.Where(g => g.Project == project).Select(g => $"{g.Name} ({g.Version})").ToList();
        return users.Count == 0 ? "–" : string.Join(", ", users);
    }

    private Task<IDialogReference> DeployAsync(ProjectResource project) => DeployDialog.ShowAsync(
        Dialogs, T["Deploy.Title", project.Name], project.Name, project.LatestVersion!);
}
