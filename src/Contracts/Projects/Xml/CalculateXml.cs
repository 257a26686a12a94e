using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads calculate windows.</summary>
internal static class CalculateXml
{
    public static CalculateWindowDefinition Read(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        return new CalculateWindowDefinition
        {
            Name = "",
            Algorithm = scope.Required(element, "algorithm", path),
            Parameters = ReadProperties(element.Child("parameters"), scope, path),
            InputMap = ReadProperties(element.Child("input-map"), scope, path),
            OutputMap = ReadProperties(element.Child("output-map"), scope, path),
        };
    }

    /// <summary>The properties of an element that holds <c>properties</c>; the last of two with one name counts.</summary>
    public static ImmutableSortedDictionary<string, string> ReadProperties(ModelElement? owner, ReadScope scope, string path)
    {
        var properties = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var property in owner?.Under("properties", "property") ?? [])
        {
            properties[scope.Required(property, "name", path)] = scope.Text(property, path);
        }

        return properties.ToImmutable();
    }
}
