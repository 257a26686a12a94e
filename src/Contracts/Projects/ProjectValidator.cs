using System.Collections.Immutable;
using Lockstep.Contracts.Projects.Validation;

namespace Lockstep.Contracts.Projects;

/// <summary>Says everything that is wrong with a project, beyond what reading it found. Pure and thread safe.</summary>
public static class ProjectValidator
{
    /// <summary>Checks a project.</summary>
    /// <param name="project">The project as read.</param>
    /// <param name="rules">Connector classes to check against; those of this version for null.</param>
    /// <returns>All problems by place; a project runs when none of them, and none of reading, is an error.</returns>
    public static ImmutableArray<Problem> Validate(ProjectDefinition project, ConnectorRules? rules = null)
    {
        var found = new ProblemList();
        if (project.ContinuousQueries.Length == 0 && project.Routers.Length == 0)
        {
            found.Error(ProblemCode.Empty, project.Name, default, "The project has no continuous query.");
        }

        found.Duplicates(project.ContinuousQueries, q => q.Name, q => q.Position, project.Name, "continuous queries");
        foreach (var query in project.ContinuousQueries)
        {
            var path = $"{project.Name}/{query.Name}";
            GraphRules.Check(query, path, found);
            var inputs = WindowRules.InputsByName(query);
            foreach (var window in query.Windows)
            {
                WindowRules.Check(window, [.. inputs[window.Name]], query.IsOpen(window.Name), $"{path}/{window.Name}", found);
                if (window is GeofenceWindowDefinition geofence)
                {
                    GeofenceRules.Check(geofence, query, $"{path}/{window.Name}", found);
                }

                new ConnectorChecker(rules ?? ConnectorRules.Default, found).Check(window, $"{path}/{window.Name}");
            }
        }

        ScriptRules.Check(project, found);
        StateDbRules.Check(project, found);
        GroupRules.Check(project, found);
        RouterRules.Check(project, found);
        return [.. found.Problems.OrderBy(p => p.Position.Line).ThenBy(p => p.Position.Column)];
    }
}
