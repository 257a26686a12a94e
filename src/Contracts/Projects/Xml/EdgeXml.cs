using System.Collections.Immutable;
using System.Globalization;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads edges; source and target may be lists, which stand for all pairs.</summary>
internal static class EdgeXml
{
    /// <summary>Edges that one query may have once lists are expanded.</summary>
    public const int MaxEdges = 100_000;

    public static ImmutableArray<EdgeDefinition> Read(ModelElement query, ReadScope scope, string path)
    {
        var edges = ImmutableArray.CreateBuilder<EdgeDefinition>();
        foreach (var element in query.Under("edges", "edge"))
        {
            scope.WarnUnknownAttributes(element, path, "source", "target", "role", "slot");
            var role = scope.Attribute(element, "role", path) ?? "";
            var slot = ReadSlot(element, scope, path);
            foreach (var (source, target) in Pairs(element, scope, path))
            {
                if (edges.Count == MaxEdges)
                {
                    scope.Error(ProblemCode.TooLarge, path, element.Position,
                        $"The query has more than {MaxEdges.ToString(CultureInfo.InvariantCulture)} edges.");
                    return edges.ToImmutable();
                }

                edges.Add(new EdgeDefinition(source, target, role, slot, element.Position));
            }
        }

        return edges.ToImmutable();
    }

    public static IEnumerable<(string Source, string Target)> Pairs(ModelElement element, ReadScope scope, string path)
    {
        var sources = Names(scope.Required(element, "source", path));
        var targets = Names(scope.Required(element, "target", path));
        return from source in sources from target in targets select (source, target);
    }

    public static string[] Names(string list) =>
        list.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static int? ReadSlot(ModelElement element, ReadScope scope, string path)
    {
        var text = scope.Attribute(element, "slot", path);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var slot))
        {
            return slot;
        }

        scope.Error(ProblemCode.InvalidValue, path, element.Position, $"Slot '{text}' must be a whole number.");
        return null;
    }
}
