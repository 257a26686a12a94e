using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads and writes what is peculiar to transpose windows. Names are set by the caller.</summary>
internal static class TransposeXml
{
    private const string Never = "never";

    public static TransposeWindowDefinition Read(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        return new TransposeWindowDefinition
        {
            Name = "",
            Mode = ReadMode(element, scope, path),
            TagName = scope.Required(element, "tag-name", path),
            Tags = ReadNeeded(element, "tags-included", scope, path),
            TagValues = ReadNeeded(element, "tag-values", scope, path),
            GroupBy = ReadList(element, "group-by", scope, path),
            ClearTimeout = Never.Equals(scope.Attribute(element, "clear-timeout", path), StringComparison.OrdinalIgnoreCase)
                ? null : FlowXml.ReadInterval(element, "clear-timeout", scope, path),
        };
    }

    /// <summary>Writes the attributes that are the kind's own.</summary>
    public static void WriteAttributes(TransposeWindowDefinition window, CanonicalWriter to)
    {
        to.Attribute("mode", window.Mode == TransposeMode.Wide ? "wide" : "long");
        to.Attribute("tag-name", window.TagName);
        to.Attribute("tags-included", string.Join(',', window.Tags));
        to.Attribute("tag-values", string.Join(',', window.TagValues));
        to.Attribute("group-by", window.GroupBy.Length == 0 ? null : string.Join(',', window.GroupBy));
        to.Attribute("clear-timeout", window.ClearTimeout is { } clear ? DurationText.Format(clear) : null);
    }

    private static TransposeMode ReadMode(ModelElement element, ReadScope scope, string path)
    {
        var mode = scope.Required(element, "mode", path);
        var isLong = mode.Equals("long", StringComparison.OrdinalIgnoreCase);
        if (mode.Length > 0 && !isLong && !mode.Equals("wide", StringComparison.OrdinalIgnoreCase))
        {
            scope.Error(ProblemCode.InvalidValue, path, element.Position, $"Mode '{mode}' is not known; known are wide and long.");
        }

        return isLong ? TransposeMode.Long : TransposeMode.Wide;
    }

    private static ImmutableArray<string> ReadNeeded(ModelElement element, string name, ReadScope scope, string path)
    {
        var list = ReadList(element, name, scope, path);
        if (list.Length == 0)
        {
            scope.Error(ProblemCode.Missing, path, element.Position, $"A transpose window needs {name}: names with commas between them.");
        }

        return list;
    }

    private static ImmutableArray<string> ReadList(ModelElement element, string name, ReadScope scope, string path) =>
        [.. (scope.Attribute(element, name, path) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
}
