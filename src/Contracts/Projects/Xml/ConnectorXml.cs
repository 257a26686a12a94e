using System.Collections.Immutable;
using System.Globalization;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads a window's connectors and the project's connector groups.</summary>
internal static class ConnectorXml
{
    private static readonly string[] States = ["running", "finished", "stopped"];
    private static readonly string[] InlineConfigs = ["config", "url-connector", "websocket-connector"];

    public static ImmutableArray<ConnectorDefinition> ReadConnectors(ModelElement window, ReadScope scope, string path)
    {
        var connectors = ImmutableArray.CreateBuilder<ConnectorDefinition>();
        var given = window.Under("connectors", "connector").Select(c => scope.Attribute(c, "name", path)).ToHashSet(StringComparer.Ordinal);
        foreach (var element in scope.Options.WithoutConnectors ? [] : window.Under("connectors", "connector"))
        {
            var madeUp = $"connector{(connectors.Count + 1).ToString(CultureInfo.InvariantCulture)}";
            while (given.Contains(madeUp))
            {
                madeUp += "_";
            }

            var before = scope.Problems.Count;
            var active = scope.Flag(element, "active", path, defaultValue: true);
            if (ReadConnector(element, madeUp, active, scope, path) is { } connector)
            {
                connectors.Add(connector);
            }

            if (!active)
            {
                // It does not start, so it keeps nothing from running.
                Problem.SoftenFrom(scope.Problems, before);
            }
        }

        return connectors.ToImmutable();
    }

    private static ConnectorDefinition? ReadConnector(
        ModelElement element, string madeUpName, bool active, ReadScope scope, string windowPath)
    {
        var given = scope.Attribute(element, "name", windowPath);
        var name = string.IsNullOrEmpty(given) ? madeUpName : given;
        var path = $"{windowPath}/{name}";
        scope.WarnUnknownAttributes(element, path, "class", "name", "active", "type");
        scope.WarnUnknownElements(element, path, ["properties", .. InlineConfigs]);
        var @class = scope.Required(element, "class", path);
        var properties = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var inner = element.Under("properties", "property").FirstOrDefault(p => scope.Attribute(p, "name", path) == "properties") is { } own
            ? scope.With(UrlConnectorConfig.ReadProperties(scope.Text(own, path)))
            : scope;
        if (element.Children.Find(c => InlineConfigs.Contains(c.Name)) is { } config)
        {
            properties["config"] = CanonicalXml.Write(config, inner, path);
        }

        foreach (var property in element.Under("properties", "property"))
        {
            var written = scope.Required(property, "name", path);
            var key = ConnectorPropertyTable.Find(@class, written)?.Name ?? written;
            if (properties.ContainsKey(key))
            {
                scope.Warn(ProblemCode.DuplicateName, path, property.Position, $"Property '{key}' occurs twice; the last one counts.");
            }

            properties[key] = property.Children.Count > 0 ? CanonicalXml.Write(property.Children[0], inner, path)
                : property.RawText.AsSpan().TrimStart().StartsWith('<') ? inner.Text(property, path)
                : scope.Text(property, path);
        }

        if (!properties.TryGetValue("type", out var type))
        {
            type = scope.Attribute(element, "type", path) ?? "";
            properties["type"] = type;
        }

        ConnectorDirection? direction = type.ToUpperInvariant() switch
        {
            "PUB" or "PUBLISH" or "PUBLISHER" => ConnectorDirection.Publish,
            "SUB" or "SUBSCRIBE" or "SUBSCRIBER" => ConnectorDirection.Subscribe,
            _ => null,
        };
        if (direction is null)
        {
            scope.Error(ProblemCode.InvalidProperty, path, element.Position,
                type.Length == 0 ? "The connector needs property type: pub or sub." : $"Property type is '{type}'; it must be pub or sub.");
            return null;
        }

        return new ConnectorDefinition(@class, name, direction.Value, active, properties.ToImmutable(), element.Position);
    }

    public static ImmutableArray<ConnectorGroupDefinition> ReadGroups(ModelElement project, ReadScope scope, string path)
    {
        var groups = ImmutableArray.CreateBuilder<ConnectorGroupDefinition>();
        foreach (var element in ListOf(project, "connector-groups", "connector-group", scope))
        {
            var entries = ImmutableArray.CreateBuilder<ConnectorGroupEntry>();
            foreach (var entry in element.ChildrenNamed("connector-entry"))
            {
                var state = scope.Attribute(entry, "state", path) is { Length: > 0 } given ? given : "running";
                if (States.FirstOrDefault(s => s.Equals(state, StringComparison.OrdinalIgnoreCase)) is { } known)
                {
                    state = known;
                }
                else
                {
                    scope.Error(ProblemCode.InvalidValue, path, entry.Position,
                        $"State '{state}' must be running, finished or stopped.");
                }

                entries.Add(new ConnectorGroupEntry(scope.Required(entry, "connector", path), state));
            }

            groups.Add(new ConnectorGroupDefinition(scope.Required(element, "name", path), entries.ToImmutable(), element.Position));
        }

        return groups.ToImmutable();
    }

    public static ImmutableArray<ConnectorGroupEdge> ReadGroupEdges(ModelElement project, ReadScope scope, string path) =>
    [
        .. from element in ListOf(project, "edges", "edge", scope)
           from pair in EdgeXml.Pairs(element, scope, path)
           select new ConnectorGroupEdge(pair.Source, pair.Target),
    ];

    private static IEnumerable<ModelElement> ListOf(ModelElement project, string list, string name, ReadScope scope) =>
        scope.Options.WithoutConnectors ? [] : project.Child("project-connectors")?.Under(list, name) ?? [];
}
