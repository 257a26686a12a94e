using System.Collections.Immutable;
using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors;

/// <summary>A connector group that never starts, since it waits for the end of a connector that goes on until it is told to stop.</summary>
/// <param name="Group">The group.</param>
/// <param name="Reason">What it waits for and what to do, as sentences.</param>
public sealed record EndlessWait(ConnectorGroupDefinition Group, string Reason)
{
    /// <summary>The groups of a project that never start, in document order; those that wait for such a group are among them.</summary>
    /// <param name="project">The project.</param>
    /// <param name="isEndless">True for <c>contquery/window/connector</c> of a connector that goes on until it is told to stop.</param>
    public static ImmutableArray<EndlessWait> In(ProjectDefinition project, Func<string, bool> isEndless)
    {
        ArgumentNullException.ThrowIfNull(project);
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (source, target) in project.ConnectorGroupEdges)
        {
            var before = project.ConnectorGroups.Where(g => g.Name == source).SelectMany(g => g.Entries);
            if (before.FirstOrDefault(e => e.State != "running" && isEndless(e.Connector)) is { } entry)
            {
                reasons.TryAdd(target,
                    $"Connector group '{target}' waits until connector '{entry.Connector}' of group '{source}' is {entry.State}, but that one goes on "
                    + "until it is told to stop: the group never starts. Wait for state running, or let the connector end, by maxevents for instance.");
            }
        }

        // Those that wait for them, until there are no more; edges that form a circle add each group once.
        while (project.ConnectorGroupEdges.FirstOrDefault(e => reasons.ContainsKey(e.Source) && !reasons.ContainsKey(e.Target)) is { } edge)
        {
            reasons.Add(edge.Target, $"Connector group '{edge.Target}' waits for group '{edge.Source}', which never starts.");
        }

        return [.. project.ConnectorGroups.Where(g => reasons.ContainsKey(g.Name)).Select(g => new EndlessWait(g, reasons[g.Name]))];
    }
}
