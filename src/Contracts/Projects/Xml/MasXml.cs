using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads and writes windows that call Python functions of mas-modules.</summary>
internal static class MasXml
{
    /// <summary>True for a window of any kind that does.</summary>
    public static bool Is(string kind, ModelElement element) =>
        kind == "procedural" ? element.Child("mas-map") is not null
            : kind == "calculate" && element.Attributes.Exists(a => a is { Name: "algorithm", Value: MasWindowDefinition.Algorithm });

    /// <summary>Reads a window; its name is set by the caller.</summary>
    public static MasWindowDefinition Read(string kind, ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        ImmutableArray<MasMapEntry> map =
        [
            .. from entry in element.Under("mas-map", "window-map")
               select new MasMapEntry(
                   scope.Required(entry, "module", path), scope.Required(entry, "function", path),
                   scope.Attribute(entry, "source", path) ?? "", entry.Position),
        ];
        if (map.IsEmpty)
        {
            scope.Error(ProblemCode.Missing, path, element.Position, "The window needs a <window-map> in <mas-map>.");
        }

        return new MasWindowDefinition { Name = "", IsCalculate = kind == "calculate", Map = map };
    }

    public static void WriteAttributes(MasWindowDefinition window, CanonicalWriter to) =>
        to.Attribute("algorithm", window.IsCalculate ? MasWindowDefinition.Algorithm : null);

    public static void Write(MasWindowDefinition window, CanonicalWriter to)
    {
        to.Start("mas-map");
        foreach (var entry in window.Map)
        {
            to.Start("window-map");
            to.Attribute("module", entry.Module);
            to.Attribute("function", entry.Function);
            to.Attribute("source", entry.Source);
            to.End();
        }

        to.End();
    }
}
