using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads the configuration of a url or websocket connector.</summary>
internal static class UrlConfigXml
{
    private static readonly string[] PublisherParts = ["requests", "function-context", "event-loops", "generate", "opcode"];

    public static UrlConnectorConfig? Read(
        string xml, IReadOnlyDictionary<string, string> tokens, string path, ICollection<Problem> problems)
    {
        var root = ModelDocument.Load(xml, out var malformed);
        if (root is null)
        {
            problems.Add(malformed is null
                ? new Problem(ProblemSeverity.Error, ProblemCode.InvalidUrlConfig, path, default, "The connector's configuration is empty.")
                : malformed with { Path = path });
            return null;
        }

        var scope = new ReadScope(new ProjectReadOptions { Tokens = tokens });
        var publishers = ImmutableArray.CreateBuilder<UrlPublisherDefinition>();
        foreach (var element in PublishersIn(root))
        {
            publishers.Add(ReadPublisher(element, scope, path));
        }

        if (publishers.Count == 0)
        {
            scope.Error(ProblemCode.InvalidUrlConfig, path, root.Position,
                $"The connector's configuration <{root.Name}> holds no publisher with {string.Join(", ", PublisherParts)}.");
        }

        scope.Problems.ForEach(problems.Add);
        return scope.Problems.Exists(p => p.Severity == ProblemSeverity.Error) ? null : new UrlConnectorConfig(publishers.ToImmutable());
    }

    // A publisher is what has its parts, whatever it is called and however deep it stands.
    private static IEnumerable<ModelElement> PublishersIn(ModelElement element) =>
        element.Children.Exists(c => PublisherParts.Contains(c.Name)) ? [element] : element.Children.SelectMany(PublishersIn);

    private static UrlPublisherDefinition ReadPublisher(ModelElement element, ReadScope scope, string path)
    {
        scope.WarnUnknownElements(element, path, PublisherParts);
        return new UrlPublisherDefinition
        {
            Name = scope.Attribute(element, "name", path) ?? "",
            Requests = [.. element.Under("requests", "request").Select(r => ReadRequest(r, scope, path))],
            Context = FunctionContextXml.Read(element, scope, path),
            Loops = EventLoopXml.Read(element, scope, path),
            Opcode = FunctionalXml.Optional(element, "opcode", scope, path),
            Generate = FunctionalXml.Optional(element, "generate", scope, path),
        };
    }

    private static UrlRequestDefinition ReadRequest(ModelElement element, ReadScope scope, string path)
    {
        scope.WarnUnknownElements(element, path, "url", "headers", "body");
        var name = scope.Attribute(element, "name", path) ?? "";
        var url = FunctionalXml.Optional(element, "url", scope, path);
        if (url is null)
        {
            scope.Error(ProblemCode.InvalidUrlConfig, path, element.Position, $"Request '{name}' needs <url>.");
        }

        var headers = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in element.Under("headers", "header"))
        {
            headers[scope.Required(header, "name", path)] = scope.Text(header, path);
        }

        var body = scope.ChildText(element, "body", path);
        var method = scope.Attribute(element, "method", path) is { Length: > 0 } given ? given : body is null ? "GET" : "POST";
        return new UrlRequestDefinition(
            name, url ?? new ExpressionText("", element.Position), method.ToUpperInvariant(), headers.ToImmutable(), body);
    }
}
