using System.Buffers;
using System.Text;
using System.Xml;
using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Files;

/// <summary>
/// Events as elements: <c>&lt;events&gt;&lt;transaction&gt;&lt;event&gt;&lt;opcode&gt;insert&lt;/opcode&gt;&lt;id key="true"&gt;...</c>;
/// a block is a transaction, null values are left out. A fragment has no root. What XML cannot hold becomes U+FFFD.
/// </summary>
internal sealed class XmlEventText(Schema schema, CsvFormat format, bool isFragment) : IEventText
{
    private readonly NamedValues _values = new(schema, format);
    private readonly string[] _names = [.. schema.Fields.Select(f => XmlConvert.EncodeLocalName(f.Name))];
    private readonly StringBuilder _text = new();

    /// <inheritdoc/>
    public void Begin(IBufferWriter<byte> output)
    {
        if (!isFragment)
        {
            output.Write("<events>\n"u8);
        }
    }

    /// <inheritdoc/>
    public void Write(EventBlock block, IBufferWriter<byte> output)
    {
        _text.Clear().Append("<transaction>\n");
        for (var row = 0; row < block.Count; row++)
        {
            _text.Append("<event><opcode>").Append(NamedValues.WordOf(block.Opcodes[row])).Append("</opcode>");
            if (NamedValues.WordOf(block.Flags[row]) is { } flags)
            {
                _text.Append("<flags>").Append(flags).Append("</flags>");
            }

            for (var i = 0; i < _names.Length; i++)
            {
                if (_values.TextOf(block, row, i) is { } value)
                {
                    _text.Append('<').Append(_names[i]).Append(schema.Fields[i].IsKey ? " key=\"true\">" : ">");
                    AppendText(value);
                    _text.Append("</").Append(_names[i]).Append('>');
                }
            }

            _text.Append("</event>\n");
        }

        _text.Append("</transaction>\n");
        foreach (var chunk in _text.GetChunks())
        {
            Encoding.UTF8.GetBytes(chunk.Span, output);
        }
    }

    /// <inheritdoc/>
    public void End(IBufferWriter<byte> output)
    {
        if (!isFragment)
        {
            output.Write("</events>\n"u8);
        }
    }

    private void AppendText(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (i + 1 < value.Length && XmlConvert.IsXmlSurrogatePair(value[i + 1], c))
            {
                _text.Append(c).Append(value[++i]);
                continue;
            }

            _ = c switch
            {
                '<' => _text.Append("&lt;"),
                '>' => _text.Append("&gt;"),
                '&' => _text.Append("&amp;"),
                '\r' => _text.Append("&#13;"),
                _ when XmlConvert.IsXmlChar(c) => _text.Append(c),
                _ => _text.Append('\uFFFD'),
            };
        }

        if (value.Length > 0 && (char.IsWhiteSpace(value[0]) || char.IsWhiteSpace(value[^1])))
        {
            // Readers trim plain text, and keep what has a section of this kind.
            _text.Append("<![CDATA[]]>");
        }
    }
}
