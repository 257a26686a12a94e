namespace Lockstep.Contracts.Projects.Validation;

/// <summary>Rules about connector groups.</summary>
internal static class GroupRules
{
    public static void Check(ProjectDefinition project, ProblemList found)
    {
        found.Duplicates(project.ConnectorGroups, g => g.Name, g => g.Position, project.Name, "connector groups");
        var connectors = project.ContinuousQueries
            .SelectMany(q => q.Windows.SelectMany(w => w.Connectors.Select(c => $"{q.Name}/{w.Name}/{c.Name}")))
            .ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in project.ConnectorGroups)
        {
            foreach (var entry in group.Entries)
            {
                if (!connectors.Contains(entry.Connector))
                {
                    found.Error(ProblemCode.UnknownGroupEntry, project.Name, group.Position,
                        $"Connector group '{group.Name}' names connector '{entry.Connector}', which does not exist; "
                        + "it must be contquery/window/connector.");
                }
                else if (!seen.Add(entry.Connector))
                {
                    found.Error(ProblemCode.DuplicateName, project.Name, group.Position,
                        $"Connector '{entry.Connector}' is in connector groups twice.");
                }
            }
        }

        CheckEdges(project, found);
    }

    private static void CheckEdges(ProjectDefinition project, ProblemList found)
    {
        var names = project.ConnectorGroups.Select(g => g.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var end in project.ConnectorGroupEdges.SelectMany(e => new[] { e.Source, e.Target })
            .Where(end => !names.Contains(end)).Distinct(StringComparer.Ordinal))
        {
            found.Error(ProblemCode.UnknownGroupEntry, project.Name, default,
                $"An edge between connector groups names '{end}', which does not exist.");
        }

        var onCycle = GraphRules.OnCycles([.. project.ConnectorGroupEdges.Select(e => (e.Source, e.Target))]);
        if (onCycle.Count > 0)
        {
            var position = project.ConnectorGroups.FirstOrDefault(g => onCycle.Contains(g.Name))?.Position ?? default;
            found.Error(ProblemCode.Cycle, project.Name, position, $"Connector groups wait for each other: {GraphRules.List(onCycle)}.");
        }
    }
}
