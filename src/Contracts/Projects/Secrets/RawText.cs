using System.Xml;
using Lockstep.Contracts.Projects.Xml;

namespace Lockstep.Contracts.Projects.Secrets;

/// <summary>A document as it is written: finds where the characters of its values stand, whatever references and line ends are between.</summary>
internal sealed class RawText
{
    private readonly string _text;
    private readonly List<int> _lines = [0];

    public RawText(string text)
    {
        _text = text;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
            {
                _lines.Add(i + 1);
            }
        }
    }

    /// <summary>Where the parts of these places stand; a part that comments or sections cut is several, one of them the first.</summary>
    /// <exception cref="FormatException">A value is not where it should be.</exception>
    public IEnumerable<(Range Where, bool IsLiteral, bool IsFirst)> PartsOf(IReadOnlyCollection<SecretPlace> places)
    {
        var texts = places.Where(p => p.Attribute is null).ToDictionary(p => p.Owner.Position);
        foreach (var place in places.Where(p => p.Attribute is not null))
        {
            var start = AttributeStart(place.Attribute!.Value.Position);
            foreach (var part in Cut(place, 0, MapOf(start, place.Text, isSection: false)))
            {
                yield return part;
            }
        }

        foreach (var (position, nodes) in NodesOf([.. texts.Keys]))
        {
            var before = 0;
            foreach (var (start, value, isSection) in nodes)
            {
                foreach (var part in Cut(texts[position], before, MapOf(start, value, isSection)))
                {
                    yield return part;
                }

                before += value.Length;
            }
        }
    }

    private static IEnumerable<(Range Where, bool IsLiteral, bool IsFirst)> Cut(SecretPlace place, int before, int[] map)
    {
        var literals = place.Literals.ToHashSet();
        foreach (var part in place.Parts)
        {
            var start = Math.Max(part.Start.Value - before, 0);
            var end = Math.Min(part.End.Value - before, map.Length - 1);
            if (start < end)
            {
                yield return (new Range(map[start], map[end]), literals.Contains(part), part.Start.Value >= before);
            }
        }
    }

    // Pieces of text by the place of their element.
    private Dictionary<TextPosition, List<(int Start, string Value, bool IsSection)>> NodesOf(HashSet<TextPosition> wanted)
    {
        var found = new Dictionary<TextPosition, List<(int Start, string Value, bool IsSection)>>();
        using var text = new StringReader(DocumentText.WithoutLateDeclaration(_text));
        using var reader = XmlReader.Create(text, ModelDocument.Settings);
        var place = (IXmlLineInfo)reader;
        var open = new Stack<TextPosition>();
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element when !reader.IsEmptyElement:
                    open.Push(new TextPosition(place.LineNumber, place.LinePosition));
                    break;
                case XmlNodeType.EndElement:
                    open.Pop();
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace
                    when open.TryPeek(out var owner) && wanted.Contains(owner):
                    found.TryAdd(owner, []);
                    found[owner].Add((
                        OffsetOf(new TextPosition(place.LineNumber, place.LinePosition)), reader.Value, reader.NodeType == XmlNodeType.CDATA));
                    break;
            }
        }

        return found;
    }

    private int OffsetOf(TextPosition position) => _lines[position.Line - 1] + position.Column - 1;

    private int AttributeStart(TextPosition name)
    {
        var equals = _text.IndexOf('=', OffsetOf(name));
        var quote = equals < 0 ? -1 : _text.AsSpan(equals).IndexOfAny('"', '\'');
        return quote < 0 ? throw Lost() : equals + quote + 1;
    }

    /// <summary>The place of each character of a value, and behind them that of its end.</summary>
    private int[] MapOf(int start, string value, bool isSection)
    {
        var map = new int[value.Length + 1];
        var at = start;
        for (var i = 0; i < value.Length; i++)
        {
            map[i] = at;
            if (at >= _text.Length)
            {
                throw Lost();
            }

            if (_text[at] == '&' && !isSection)
            {
                var end = _text.IndexOf(';', at);
                at = end < 0 ? throw Lost() : end + 1;
                if (i + 1 < value.Length && char.IsSurrogatePair(value[i], value[i + 1]))
                {
                    map[++i] = at;
                }

                continue;
            }

            // White space is one blank or line end, whatever it was.
            if (_text[at] != value[i] && !(char.IsWhiteSpace(_text[at]) && char.IsWhiteSpace(value[i])))
            {
                throw Lost();
            }

            at += _text[at] == '\r' && at + 1 < _text.Length && _text[at + 1] == '\n' ? 2 : 1;
        }

        map[^1] = at;
        return map;
    }

    private static FormatException Lost() => new("A value of the model is not where it was read.");
}
