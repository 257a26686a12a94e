using System.Globalization;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads a contquery, or a template, which has the same children.</summary>
internal static class ContinuousQueryXml
{
    /// <summary>Windows that one query may have.</summary>
    public const int MaxWindows = 10_000;

    /// <summary>Reads a query.</summary>
    /// <param name="element">Its element.</param>
    /// <param name="defaults">What it inherits.</param>
    /// <param name="scope">The reading.</param>
    /// <param name="projectPath">Path of the project.</param>
    /// <param name="number">Which query of the project it is, from 1: what a query without name is called by.</param>
    public static ContinuousQueryDefinition Read(
        ModelElement element, WindowDefaults defaults, ReadScope scope, string projectPath, int number = 1)
    {
        var given = scope.Attribute(element, "name", projectPath);
        var name = !string.IsNullOrEmpty(given) ? given
            : number == 1 ? "cq" : string.Create(CultureInfo.InvariantCulture, $"cq{number}");
        var path = $"{projectPath}/{name}";
        scope.WarnUnknownAttributes(element, path,
            "name", "trace", "index", "include-singletons", "timing-threshold", "input-windows", "output-windows");
        scope.WarnUnknownElements(element, path, "windows", "edges", "mas-modules");
        var edges = EdgeXml.Read(element, scope, path);
        var inputs = EdgeXml.Names(scope.Attribute(element, "input-windows", path) ?? "");
        var windows = ReadWindows(element, defaults with { Index = WindowXml.ReadIndex(element, scope, path) ?? defaults.Index }, scope, path);
        return new ContinuousQueryDefinition(
            name,
            [.. new SchemaResolver(scope, path, inputs).Resolve(windows, edges)],
            edges,
            [.. EdgeXml.Names(scope.Attribute(element, "trace", path) ?? "")],
            element.Position)
        {
            InputWindows = [.. inputs],
            OutputWindows = [.. EdgeXml.Names(scope.Attribute(element, "output-windows", path) ?? "")],
        };
    }

    private static List<ReadWindow> ReadWindows(ModelElement query, WindowDefaults defaults, ReadScope scope, string path)
    {
        var windows = new List<ReadWindow>();
        foreach (var element in query.Child("windows")?.Children ?? [])
        {
            if (!element.Name.StartsWith(WindowXml.Prefix, StringComparison.Ordinal))
            {
                if (element.Name is not ("description" or "metadata"))
                {
                    scope.Warn(ProblemCode.UnknownElement, path, element.Position, $"Element <{element.Name}> in <windows> is not a window and ignored.");
                }

                continue;
            }

            if (windows.Count == MaxWindows)
            {
                scope.Error(ProblemCode.TooLarge, path, element.Position,
                    $"The query has more than {MaxWindows.ToString(CultureInfo.InvariantCulture)} windows.");
                break;
            }

            windows.Add(WindowXml.Read(element, defaults, scope, path));
        }

        return windows;
    }
}
