using System.Collections.Immutable;
using System.Globalization;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads and writes event-loops.</summary>
internal static class EventLoopXml
{
    private const string Prefix = "event-loop-";

    private static readonly (EventLoopKind Kind, string Name, string Use, string Path)[] Kinds =
    [
        (EventLoopKind.Xml, "xml", "use-xml", "xpath"),
        (EventLoopKind.Json, "json", "use-json", "json"),
        (EventLoopKind.Regex, "regex", "use-text", "regex"),
    ];

    public static ImmutableArray<EventLoopDefinition> Read(ModelElement owner, ReadScope scope, string path)
    {
        var loops = ImmutableArray.CreateBuilder<EventLoopDefinition>();
        foreach (var element in owner.Child("event-loops")?.Children ?? [])
        {
            var known = Array.Find(Kinds, k => element.Name == Prefix + k.Name);
            if (known.Name is not null)
            {
                loops.Add(ReadLoop(element, known, scope, path));
            }
            else if (element.Name is not ("description" or "metadata"))
            {
                scope.Warn(ProblemCode.UnknownElement, path, element.Position,
                    $"Element <{element.Name}> in <event-loops> is not known and ignored; known are "
                    + $"{string.Join(", ", Kinds.Select(k => Prefix + k.Name))}.");
            }
        }

        return loops.ToImmutable();
    }

    public static void Write(ImmutableArray<EventLoopDefinition> loops, CanonicalWriter to)
    {
        if (loops.Length == 0)
        {
            return;
        }

        to.Start("event-loops");
        foreach (var loop in loops)
        {
            var known = Array.Find(Kinds, k => k.Kind == loop.Kind);
            to.Start(Prefix + known.Name);
            to.Attribute("name", loop.Name);
            to.Attribute("data", loop.Data);
            to.Expression(known.Use, loop.Use);
            to.Start(known.Path);
            to.Attribute("group", loop.Kind == EventLoopKind.Regex ? loop.Group.ToString(CultureInfo.InvariantCulture) : null);
            to.Content(loop.Path.Text);
            to.End();
            FunctionContextXml.Write(loop.Context, to);
            to.End();
        }

        to.End();
    }

    private static EventLoopDefinition ReadLoop(
        ModelElement element, (EventLoopKind Kind, string Name, string Use, string Path) kind, ReadScope scope, string path)
    {
        scope.WarnUnknownAttributes(element, path, "name", "data");
        scope.WarnUnknownElements(element, path, kind.Use, kind.Path, "function-context");
        var name = scope.Attribute(element, "name", path) ?? "";
        var use = FunctionalXml.Optional(element, kind.Use, scope, path);
        if (use is null)
        {
            scope.Error(ProblemCode.InvalidEventLoop, path, element.Position,
                $"Event loop '{name}' needs <{kind.Use}>: what it goes over.");
        }

        var found = FunctionalXml.Optional(element, kind.Path, scope, path);
        if (found is null && kind.Kind != EventLoopKind.Json)
        {
            scope.Error(ProblemCode.InvalidEventLoop, path, element.Position,
                $"Event loop '{name}' needs <{kind.Path}>: how to find its parts.");
        }

        var group = element.Child(kind.Path) is { } at && kind.Kind == EventLoopKind.Regex ? scope.Number(at, "group", path, 0) : null;
        var nothing = new ExpressionText("", element.Position);
        return new EventLoopDefinition(
            kind.Kind, name, scope.Attribute(element, "data", path) ?? "", use ?? nothing, found ?? nothing, group ?? 0,
            FunctionContextXml.Read(element, scope, path));
    }
}
