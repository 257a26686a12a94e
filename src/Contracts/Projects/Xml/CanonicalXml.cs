using System.Globalization;
using System.Text;
using System.Xml;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>
/// Writes a model's element as it is, in one form: attributes sorted, text trimmed, tokens replaced; of windows descriptions, metadata
/// and connectors are left out, since they do not change results.
/// </summary>
internal static class CanonicalXml
{
    public static readonly XmlWriterSettings Settings = new()
    {
        OmitXmlDeclaration = true,
        Indent = true,
        IndentChars = "  ",
        NewLineChars = "\n",
        NewLineHandling = NewLineHandling.Entitize,
        Encoding = new UTF8Encoding(false),
        ConformanceLevel = ConformanceLevel.Fragment,
        CheckCharacters = true,
    };

    /// <param name="element">The element.</param>
    /// <param name="scope">The reading.</param>
    /// <param name="path">Path for problems.</param>
    /// <param name="isWhole">True: nothing is left out.</param>
    public static string Write(ModelElement element, ReadScope scope, string path, bool isWhole = false)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var writer = XmlWriter.Create(text, Settings))
        {
            Write(writer, element, scope, path, isWhole);
        }

        return text.ToString();
    }

    // Recursion is bounded by ModelDocument.MaxDepth.
    private static void Write(XmlWriter writer, ModelElement element, ReadScope scope, string path, bool isWhole)
    {
        writer.WriteStartElement(element.Name);
        foreach (var name in element.Attributes.Select(a => a.Name).Distinct().Order(StringComparer.Ordinal))
        {
            writer.WriteAttributeString(name, scope.Attribute(element, name, path));
        }

        foreach (var child in element.Children)
        {
            if (isWhole || child.Name is not ("description" or "metadata" or "connectors"))
            {
                Write(writer, child, scope, path, isWhole);
            }
        }

        if (element.Children.Count == 0 && scope.Text(element, path) is { Length: > 0 } text)
        {
            writer.WriteString(text);
        }

        writer.WriteEndElement();
    }
}
