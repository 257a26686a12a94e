using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads a project out of every shape a model's document has.</summary>
internal sealed class ProjectElementXml(ReadScope scope)
{
    /// <summary>The project in a document; null with a problem when there is none.</summary>
    public ProjectDefinition? ReadRoot(ModelElement root)
    {
        switch (root.Name)
        {
            case "project":
                return Read(root);
            case "contquery" or "template":
                return ReadLoneQuery(root);
            case "engine" or "projects":
                return ReadEngine(root);
            default:
                scope.Error(ProblemCode.NoProject, "", root.Position,
                    $"The root element <{root.Name}> is not a model; it must be <project>, <engine>, <contquery> or <template>.");
                return null;
        }
    }

    private ProjectDefinition? ReadEngine(ModelElement root)
    {
        var holder = root.Name == "projects" ? root : root.Child("projects");
        var projects = (holder ?? root).ChildrenNamed("project").ToList();
        var routers = RouterXml.Read(root, scope);
        if (projects.Count == 0 && routers.Length > 0)
        {
            return WithoutProperties(scope.Options.DefaultName ?? routers[0].Name, null, []) with { Routers = routers };
        }

        if (projects.Count == 0)
        {
            scope.Error(ProblemCode.NoProject, "", root.Position, $"There is no <project> in <{root.Name}>.");
            return null;
        }

        if (projects.Count > 1)
        {
            scope.Warn(ProblemCode.SeveralProjects, "", projects[1].Position,
                "The document holds more than one project; the first is taken.");
        }

        return Read(projects[0]) with { Routers = routers };
    }

    private ProjectDefinition ReadLoneQuery(ModelElement root)
    {
        var name = scope.Options.DefaultName ?? scope.Attribute(root, "name", "") ?? "";
        name = name.Length == 0 ? "project" : name;
        var query = ContinuousQueryXml.Read(root, new WindowDefaults(IndexKind.Hash, "auto"), scope, name);
        return WithoutProperties(name, scope.Description(root), [query]) with
        {
            Modules = ScriptXml.ReadModules(root, scope, name),
        };
    }

    private static ProjectDefinition WithoutProperties(
        string name, string? description, ImmutableArray<ContinuousQueryDefinition> queries) =>
        new(name, description, 1, TimeSpan.FromSeconds(1), false, ImmutableSortedDictionary<string, string>.Empty, queries, [], []);

    private ProjectDefinition Read(ModelElement element)
    {
        var properties = ReadOwnProperties(element);
        var given = scope.Attribute(element, "name", "");
        var name = string.IsNullOrEmpty(given) ? scope.Options.DefaultName ?? "" : given;
        if (name.Length == 0)
        {
            scope.Error(ProblemCode.Missing, "", element.Position, "The project needs a name.");
        }

        scope.WarnUnknownAttributes(element, name,
            "name", "pubsub", "threads", "heartbeat-interval", "index", "use-tagged-token", "luaroot", "compress-open-patterns",
            "port", "use-retention-tracking", "disk-store-path", "restore", "score-input-window", "score-input-field",
            "score-output-window", "score-output-field");
        scope.WarnUnknownElements(element, name, "properties", "mas-modules", "lua-modules", "lua-snippets", "python-modules",
            "python-snippets", "mcp", "ds-initialize", "contqueries", "project-connectors");
        var defaults = new WindowDefaults(WindowXml.ReadIndex(element, scope, name) ?? IndexKind.Hash, ReadPubSub(element, name));
        return new ProjectDefinition(
            name,
            scope.Description(element),
            scope.Number(element, "threads", name, 0) ?? 1,
            TimeSpan.FromSeconds(scope.Number(element, "heartbeat-interval", name, 1) ?? 1),
            scope.Flag(element, "use-tagged-token", name),
            properties,
            [.. element.Under("contqueries", "contquery")
                .Select((q, i) => ContinuousQueryXml.Read(q, defaults, scope, name, i + 1))],
            ConnectorXml.ReadGroups(element, scope, name),
            ConnectorXml.ReadGroupEdges(element, scope, name))
        {
            Modules = ScriptXml.ReadModules(element, scope, name),
            Mcp = ReadMcp(element, name),
        };
    }

    private string ReadMcp(ModelElement project, string path)
    {
        if (project.Child("mcp") is not { } mcp)
        {
            return "";
        }

        var tools = mcp.Under("tools", "tool").ToList();
        foreach (var tool in tools)
        {
            var name = scope.Required(tool, "name", path);
            if (scope.Attribute(tool, "type", path) is not ("publish" or "query" or "score" or "custom"))
            {
                scope.Warn(ProblemCode.InvalidValue, path, tool.Position,
                    $"Tool '{name}' of <mcp> has no type that is known; known are publish, query, score and custom.");
            }
        }

        var names = string.Join(", ", tools.Select(t => $"'{scope.Attribute(t, "name", path)}'"));
        scope.Warn(ProblemCode.PartIgnored, path, mcp.Position, $"Element <mcp> is kept, but its tools are not served by this version: {names}.");
        return CanonicalXml.Write(mcp, scope, path, isWhole: true);
    }

    private string ReadPubSub(ModelElement element, string path)
    {
        var pubSub = scope.Attribute(element, "pubsub", path) is { Length: > 0 } given ? given.ToLowerInvariant() : "auto";
        if (pubSub is "auto" or "manual" or "none")
        {
            return pubSub;
        }

        scope.Error(ProblemCode.InvalidValue, path, element.Position, $"Attribute pubsub='{pubSub}' must be auto, manual or none.");
        return "auto";
    }

    /// <summary>Properties are tokens for everything after them, and may themselves hold tokens of earlier ones.</summary>
    private ImmutableSortedDictionary<string, string> ReadOwnProperties(ModelElement element)
    {
        var properties = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var property in element.Under("properties", "property"))
        {
            var name = scope.Required(property, "name", "");
            var value = scope.Text(property, "");
            properties[name] = value;
            scope.Tokens.Add(name, value);
        }

        return properties.ToImmutable();
    }
}
