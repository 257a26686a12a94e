using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Files;

/// <summary>
/// Elements <c>event</c> of an XML file, wherever they stand; a child element is a value, also <c>opcode</c> and
/// <c>flags</c> (or attributes of these names). Elements <c>transaction</c> gather events. Plain text is trimmed, CDATA is
/// taken as it is, and elements within a value are its text. No DTD, nothing is fetched.
/// </summary>
internal sealed class XmlEventSource : INamedEventSource
{
    private const string Event = "event";

    private readonly Stream _stream;
    private readonly XmlReader _reader;
    private readonly NamedEventReader _events;
    private readonly string _path;
    private int _transactions;
    private XElement _element = new(Event);

    /// <summary>Over a file or a connection.</summary>
    /// <param name="stream">Its bytes, behind byte order mark and white space; closed with the source.</param>
    /// <param name="name">Names it in errors.</param>
    /// <param name="events">Makes events of values.</param>
    public XmlEventSource(Stream stream, string name, NamedEventReader events)
    {
        _path = name;
        _events = events;
        _stream = stream;
        _reader = XmlReader.Create(_stream, new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            ConformanceLevel = ConformanceLevel.Fragment,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
        });
    }

    /// <inheritdoc/>
    public long Offset => _stream.CanSeek ? _stream.Position : 0;

    /// <inheritdoc/>
    public long Length => _stream.CanSeek ? _stream.Length : 0;

    /// <inheritdoc/>
    public string Place { get; private set; } = "";

    /// <inheritdoc/>
    public int Transaction { get; private set; }

    /// <inheritdoc/>
    public bool Next(bool withinTransaction = false)
    {
        try
        {
            while (_reader.Read())
            {
                if (_reader.NodeType == XmlNodeType.Element && _reader.LocalName == Event)
                {
                    var place = (IXmlLineInfo)_reader;
                    Place = string.Create(CultureInfo.InvariantCulture, $":{place.LineNumber}:{place.LinePosition}");

                    // A reader of its own ends with the element: what is wrong behind it is the next event's matter.
                    using var whole = _reader.ReadSubtree();
                    _element = XElement.Load(whole);
                    return true;
                }

                if (_reader.LocalName == "transaction")
                {
                    Transaction = _reader is { NodeType: XmlNodeType.Element, IsEmptyElement: false } ? ++_transactions : 0;
                    if (withinTransaction && Transaction == 0)
                    {
                        return false;
                    }
                }
            }

            return false;
        }
        catch (XmlException broken)
        {
            throw Refused(broken);
        }
    }

    /// <inheritdoc/>
    public string? Append(EventBlock target)
    {
        foreach (var attribute in _element.Attributes())
        {
            _events.Set(attribute.Name.LocalName, attribute.Value);
        }

        foreach (var value in _element.Elements())
        {
            _events.Set(XmlConvert.DecodeName(value.Name.LocalName), TextOf(value));
        }

        return _events.Append(target);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
    }

    private static string TextOf(XElement value) =>
        value.HasElements ? string.Concat(value.Nodes().Select(n => n.ToString(SaveOptions.DisableFormatting))).Trim()
        : value.Nodes().Any(n => n is XCData) ? value.Value
        : value.Value.Trim();

    private InvalidDataException Refused(XmlException broken)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"{broken.LineNumber}:{broken.LinePosition}");
        return new InvalidDataException($"{_path}:{place}: not well-formed: {broken.Message}", broken);
    }
}
