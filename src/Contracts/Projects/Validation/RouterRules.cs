using System.Text.RegularExpressions;

namespace Lockstep.Contracts.Projects.Validation;

/// <summary>Rules about routers: names and patterns, and that they are not run.</summary>
internal static class RouterRules
{
    public static void Check(ProjectDefinition project, ProblemList found)
    {
        found.Duplicates(project.Routers, r => r.Name, r => r.Position, project.Name, "routers");
        foreach (var router in project.Routers)
        {
            Check(router, $"{project.Name}/{router.Name}", found);
            var message = $"Router '{router.Name}' is not run by this version: it connects servers by a protocol of theirs. "
                + "It can be looked at; connect projects by topics (kafka, mqtt, rmq) instead.";
            if (project.ContinuousQueries.Length == 0)
            {
                found.Error(ProblemCode.RouterNotRun, $"{project.Name}/{router.Name}", router.Position, message);
            }
            else
            {
                found.Warn(ProblemCode.RouterNotRun, $"{project.Name}/{router.Name}", router.Position, message);
            }
        }
    }

    private static void Check(RouterDefinition router, string path, ProblemList found)
    {
        found.Duplicates(router.Engines, e => e.Name, e => e.Position, path, "engines");
        found.Duplicates(router.Destinations, d => d.Name, d => d.Position, path, "destinations");
        found.Duplicates(router.Routes, r => r.Name, r => r.Position, path, "routes");
        var names = router.Destinations.Select(d => d.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var route in router.Routes)
        {
            foreach (var unknown in route.To.Where(to => !names.Contains(to)))
            {
                found.Error(ProblemCode.UnknownRouteEnd, path, route.Position,
                    $"Route '{route.Name}' goes to '{unknown}', which is no destination of router '{router.Name}'.");
            }

            foreach (var (level, pattern) in route.Patterns)
            {
                try
                {
                    _ = new Regex(pattern.Text, RegexOptions.CultureInvariant);
                }
                catch (ArgumentException error)
                {
                    found.Error(ProblemCode.InvalidValue, path, pattern.Position,
                        $"<{level}> of route '{route.Name}' is no regular expression: {error.Message}");
                }
            }
        }
    }
}
