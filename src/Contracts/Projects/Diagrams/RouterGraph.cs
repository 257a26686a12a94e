using System.Text.RegularExpressions;

namespace Lockstep.Contracts.Projects.Diagrams;

/// <summary>A router as a graph for drawing: from its engines through its routes to its destinations.</summary>
internal static class RouterGraph
{
    private const string EngineLevel = "engine-expr";

    public static ContinuousQueryDefinition Of(RouterDefinition router)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var engines = router.Engines.Select(e => (e.Name, Box: Box(e.Name, e.Kind, null, taken))).ToList();
        var routes = router.Routes.Select(r => (Route: r, Box: Box(r.Name, "esp-route", Levels(r), taken))).ToList();
        var destinations = router.Destinations.Select(d => (d.Name, Box: Box(d.Name, d.Kind, null, taken))).ToList();
        var into = from route in routes
                   from engine in engines
                   where Takes(route.Route, engine.Name)
                   select Edge(engine.Box, route.Box);
        var outOf = from route in routes
                    from to in route.Route.To
                    from destination in destinations
                    where destination.Name == to
                    select Edge(route.Box, destination.Box);
        return new ContinuousQueryDefinition(
            router.Name, [.. engines.Select(e => e.Box), .. routes.Select(r => r.Box), .. destinations.Select(d => d.Box)],
            [.. into, .. outOf], [], router.Position);
    }

    // Engines, routes and destinations have names of their own; in the picture each box needs another.
    private static UnsupportedWindowDefinition Box(string name, string kind, string? description, HashSet<string> taken)
    {
        var unique = taken.Add(name) ? name : $"{name} ({kind})";
        taken.Add(unique);
        return new UnsupportedWindowDefinition(kind, "") { Name = unique, Description = description };
    }

    private static EdgeDefinition Edge(UnsupportedWindowDefinition from, UnsupportedWindowDefinition to) => new(from.Name, to.Name, "", null, default);

    private static string Levels(RouteDefinition route) => string.Join('\n', route.Patterns.Select(p => $"{p.Key}: {p.Value.Text}"));

    private static bool Takes(RouteDefinition route, string engine)
    {
        try
        {
            return !route.Patterns.TryGetValue(EngineLevel, out var pattern)
                || Regex.IsMatch(engine, pattern.Text, RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(100));
        }
        catch (Exception error) when (error is ArgumentException or RegexMatchTimeoutException)
        {
            // The validator says what is wrong with it; the picture shows the route without engines.
            return false;
        }
    }
}
