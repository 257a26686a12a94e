using System.Xml;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads XML into elements: no DTD, nothing fetched, bounded in length, depth and number of elements.</summary>
internal static class ModelDocument
{
    /// <summary>Characters a model may have.</summary>
    public const int MaxCharacters = 16 * 1024 * 1024;

    /// <summary>How deep elements may nest; real models reach 14.</summary>
    public const int MaxDepth = 64;

    /// <summary>How many elements and attributes a model may have.</summary>
    public const int MaxNodes = 500_000;

    public static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxCharacters,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CloseInput = false,
    };

    /// <summary>The root element, or null with one problem.</summary>
    public static ModelElement? Load(string xml, out Problem? problem)
    {
        if (xml.Length > MaxCharacters)
        {
            problem = TooLarge(new TextPosition(1, 1), $"it has {xml.Length} characters, {MaxCharacters} are allowed");
            return null;
        }

        var clean = DocumentText.WithoutLateDeclaration(xml.TrimStart('\uFEFF'));
        using var text = new StringReader(clean);
        using var reader = XmlReader.Create(text, Settings);
        return Load(reader, clean, out problem);
    }

    /// <summary>The root element, or null with one problem. The stream stays open.</summary>
    public static ModelElement? Load(Stream stream, out Problem? problem)
    {
        if (DocumentText.Read(stream, MaxCharacters) is not { } bytes)
        {
            problem = TooLarge(new TextPosition(1, 1), $"it has more than {MaxCharacters} characters");
            return null;
        }

        if (DocumentText.DecodeWithLateDeclaration(bytes) is { } decoded)
        {
            return Load(decoded, out problem);
        }

        using var buffer = new MemoryStream(bytes);
        using var reader = XmlReader.Create(buffer, Settings);
        return Load(reader, "", out problem);
    }

    private static ModelElement? Load(XmlReader reader, string text, out Problem? problem)
    {
        try
        {
            return ReadTree(reader, out problem);
        }
        catch (XmlException e)
        {
            // The reader refuses a document type without a place.
            var place = e.LineNumber > 0 ? new TextPosition(e.LineNumber, Math.Max(e.LinePosition, 1)) : DocumentTypeIn(text);
            problem = new Problem(
                ProblemSeverity.Error, ProblemCode.MalformedXml, "", place, $"This is not well-formed XML: {e.Message}");
            return null;
        }
    }

    private static ModelElement? ReadTree(XmlReader reader, out Problem? problem)
    {
        problem = null;
        ModelElement? root = null;
        var open = new Stack<ModelElement>();
        var nodes = 0;
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    var isEmpty = reader.IsEmptyElement;
                    var element = ReadElement(reader);
                    nodes += 1 + element.Attributes.Count;
                    if (open.Count >= MaxDepth || nodes > MaxNodes)
                    {
                        problem = TooLarge(element.Position, open.Count >= MaxDepth
                            ? $"elements nest deeper than {MaxDepth}"
                            : $"it has more than {MaxNodes} elements and attributes");
                        return null;
                    }

                    if (open.TryPeek(out var parent))
                    {
                        parent.Children.Add(element);
                    }

                    root ??= element;
                    if (!isEmpty)
                    {
                        open.Push(element);
                    }

                    break;
                case XmlNodeType.EndElement:
                    open.Pop();
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace:
                    if (open.TryPeek(out var owner))
                    {
                        owner.AppendText(reader.Value, PositionOf(reader));
                    }

                    break;
            }
        }

        return root;
    }

    private static ModelElement ReadElement(XmlReader reader)
    {
        var element = new ModelElement(reader.LocalName, PositionOf(reader));
        while (reader.MoveToNextAttribute())
        {
            if (reader.Prefix != "xmlns" && reader.Name != "xmlns")
            {
                element.Attributes.Add(new ModelAttribute(reader.LocalName, reader.Value, PositionOf(reader)));
            }
        }

        return element;
    }

    private static TextPosition DocumentTypeIn(string text)
    {
        var before = text.AsSpan(0, Math.Max(text.IndexOf("<!DOCTYPE", StringComparison.Ordinal), 0));
        return new TextPosition(before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
    }

    private static TextPosition PositionOf(XmlReader reader) =>
        reader is IXmlLineInfo info ? new TextPosition(info.LineNumber, info.LinePosition) : default;

    private static Problem TooLarge(TextPosition position, string what) =>
        new(ProblemSeverity.Error, ProblemCode.TooLarge, "", position, $"The model is too large: {what}.");
}
