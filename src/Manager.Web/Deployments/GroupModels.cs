using System.Collections.Immutable;
using System.Text;
using Lockstep.Manager.Web.Projects;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>A group's published model and what it says about the bus.</summary>
/// <param name="Xml">Byte for byte as published.</param>
/// <param name="Topology">What it says about the bus.</param>
internal sealed record GroupModel(byte[] Xml, GroupTopology Topology);

/// <summary>The models of the deployed groups; each is read once, since a version never changes.</summary>
internal sealed class GroupModels(ProjectCatalog projects)
{
    private ImmutableDictionary<string, (DeploymentSpec Spec, GroupModel Model)> _models =
        ImmutableDictionary<string, (DeploymentSpec, GroupModel)>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The model of a group if it was read before, or null.</summary>
    public GroupModel? Known(string group) => _models.TryGetValue(group, out var known) ? known.Model : null;

    /// <summary>The model of a group.</summary>
    /// <returns>Null when the project or version is gone from the database, or no longer read as a model.</returns>
    public async Task<GroupModel?> OfAsync(DeploymentSpec spec, CancellationToken cancellation)
    {
        if (_models.TryGetValue(spec.Name, out var known) && known.Spec == spec)
        {
            return known.Model;
        }

        if (await ReadAsync(spec, spec.Version, cancellation) is not { } model)
        {
            return null;
        }

        ImmutableInterlocked.Update(ref _models, all => all.SetItem(spec.Name, (spec, model)));
        return model;
    }

    /// <summary>The model of any version with a group's settings.</summary>
    /// <returns>Null when the version is gone from the database, or no longer reads as a model.</returns>
    public async Task<GroupModel?> ReadAsync(DeploymentSpec spec, string version, CancellationToken cancellation)
    {
        if ((await projects.ModelAsync(spec.Project, version, cancellation)).Value is not { } published
            || GroupTopology.Read(
                Encoding.UTF8.GetString(published.Xml), GroupTopology.SettingsOf(spec.Name, spec.Settings)).Topology is not { } topology)
        {
            return null;
        }

        return new GroupModel(published.Xml, topology);
    }

    /// <summary>Forgets a group that is gone.</summary>
    public void Forget(string group) => ImmutableInterlocked.Update(ref _models, all => all.Remove(group));
}
