using System.Xml;
using System.Xml.XPath;

namespace Lockstep.Engine.Functions;

/// <summary>XML in fields: parsed without DTD and bounded; XPath on it.</summary>
internal static class XmlDocuments
{
    /// <summary>Characters a document may have.</summary>
    public const int CharactersMax = 8 * 1024 * 1024;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = CharactersMax,
    };

    /// <summary>The document of a value: its node, or what its text parses to; null when it is no XML.</summary>
    public static XmlValue? Of(Variant value, FunctionFrame frame) => value.Context as XmlValue ?? frame.ParseXml(value.ToText());

    /// <summary>The root element of a text; null when it is no well-formed XML, holds a DTD or is too long.</summary>
    public static XmlValue? Parse(string text)
    {
        var start = text.AsSpan().TrimStart("\uFEFF \t\r\n");
        if (start.IsEmpty || start[0] != '<')
        {
            return null;
        }

        try
        {
            using var reader = XmlReader.Create(new StringReader(start.ToString()), Settings);
            var root = new XPathDocument(reader).CreateNavigator();
            return root.MoveToFirstChild() && Skip(root) ? new XmlValue(root) : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>A compiled path; null when it cannot be read.</summary>
    public static XPathExpression? Compile(string path)
    {
        try
        {
            return XPathExpression.Compile(path);
        }
        catch (Exception error) when (error is XPathException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The nodes that a path finds, seen from a node; from the document when the node has none.</summary>
    public static IEnumerable<XmlValue> Select(XmlValue from, XPathExpression path)
    {
        if (Evaluate(from.Node, path) is not XPathNodeIterator found)
        {
            yield break;
        }

        while (found.MoveNext())
        {
            yield return new XmlValue(found.Current!.Clone());
        }
    }

    /// <summary>The value of a path: of nodes the first one's text, or all joined by a separator.</summary>
    public static Variant Value(XmlValue from, XPathExpression path, string? separator) => Evaluate(from.Node, path) switch
    {
        XPathNodeIterator found when separator is not null && found.Count > 0 => Variant.Of(Join(found, separator)),
        XPathNodeIterator found => found.MoveNext() ? Variant.Of(found.Current!.Value) : Variant.Null,
        double number => double.IsFinite(number) ? Number(number) : Variant.Null,
        bool truth => Variant.Of(truth),
        string text => Variant.Of(text),
        _ => Variant.Null,
    };

    private static object? Evaluate(XPathNavigator node, XPathExpression path)
    {
        try
        {
            var compiled = path.Clone();
            compiled.SetContext(NamesOf(node));
            var result = node.Evaluate(compiled);
            if (result is not XPathNodeIterator { Count: 0 } || path.Expression.StartsWith('/'))
            {
                return result;
            }

            // A path that begins with the root element's name.
            var document = node.Clone();
            document.MoveToRoot();
            return document.Evaluate(compiled);
        }
        catch (XPathException)
        {
            // A prefix that the document does not declare, or operands that do not fit.
            return null;
        }
    }

    private static XmlNamespaceManager NamesOf(XPathNavigator node)
    {
        var names = new XmlNamespaceManager(node.NameTable);
        var root = node.Clone();
        root.MoveToRoot();
        if (root.MoveToFirstChild() && Skip(root))
        {
            foreach (var (prefix, uri) in root.GetNamespacesInScope(XmlNamespaceScope.ExcludeXml))
            {
                names.AddNamespace(prefix, uri);
            }
        }

        return names;
    }

    private static bool Skip(XPathNavigator at) => at.NodeType == XPathNodeType.Element || at.MoveToNext(XPathNodeType.Element);

    private static Variant Number(double number) =>
        number == Math.Floor(number) && Math.Abs(number) < 1L << 53 ? Variant.Of((long)number) : Variant.Of(number);

    private static string Join(XPathNodeIterator found, string separator)
    {
        var texts = new List<string>();
        while (found.MoveNext())
        {
            texts.Add(found.Current!.Value);
        }

        return string.Join(separator, texts);
    }
}
