using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>
/// Reads routers. How their lists are called is nowhere to be read, so that engines, destinations and routes are found by their own
/// names at any depth.
/// </summary>
internal static class RouterXml
{
    private const string ListName = "esp-routers";

    /// <summary>The routers of an engine's element.</summary>
    public static ImmutableArray<RouterDefinition> Read(ModelElement engine, ReadScope scope) =>
        [.. engine.Under(ListName, "esp-router").Select((r, i) => ReadRouter(r, i, scope))];

    /// <summary>Writes what <see cref="Read"/> reads.</summary>
    public static void Write(ImmutableArray<RouterDefinition> routers, CanonicalWriter to)
    {
        to.Start(ListName);
        to.Raw($"\n{string.Join('\n', routers.Select(r => r.Content))}\n");
        to.End();
    }

    private static RouterDefinition ReadRouter(ModelElement element, int index, ReadScope scope)
    {
        var name = scope.Attribute(element, "name", "") is { Length: > 0 } given ? given : index == 0 ? "router" : $"router{index + 1}";
        var parts = Below(element).ToList();
        return new RouterDefinition(
            name,
            Parts(parts.Where(p => p.Name is "esp-engine" or "engine"), scope, name),
            Parts(parts.Where(p => p.Name.EndsWith("-destination", StringComparison.Ordinal)), scope, name),
            [.. parts.Where(p => p.Name == "esp-route").Select(r => ReadRoute(r, scope, name))],
            CanonicalXml.Write(element, scope, name, isWhole: true),
            element.Position);
    }

    private static ImmutableArray<RouterPart> Parts(IEnumerable<ModelElement> elements, ReadScope scope, string path) =>
        [.. elements.Select(e => new RouterPart(scope.Required(e, "name", path), e.Name, e.Position))];

    private static RouteDefinition ReadRoute(ModelElement element, ReadScope scope, string path)
    {
        var to = scope.Required(element, "to", path).Split((char[])[',', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        var patterns = Below(element).Where(e => e.Name.EndsWith("-expr", StringComparison.Ordinal))
            .DistinctBy(e => e.Name).Select(e => KeyValuePair.Create(e.Name, scope.Expression(e, path)));
        return new RouteDefinition(scope.Required(element, "name", path), [.. to],
            ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, patterns), element.Position);
    }

    // Recursion is bounded by ModelDocument.MaxDepth.
    private static IEnumerable<ModelElement> Below(ModelElement element) => element.Children.SelectMany(c => Below(c).Prepend(c));
}
