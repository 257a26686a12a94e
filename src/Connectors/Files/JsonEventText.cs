using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Files;

/// <summary>
/// Events as objects of an array, <c>{"opcode":"insert","id":"1"}</c>, one a line: values are texts and null ones are left out. A
/// fragment has no array.
/// </summary>
internal sealed class JsonEventText(Schema schema, CsvFormat format, bool isFragment) : IEventText
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly NamedValues _values = new(schema, format);
    private bool _isFirst = true;

    /// <inheritdoc/>
    public void Begin(IBufferWriter<byte> output)
    {
        _isFirst = true;
        if (!isFragment)
        {
            output.Write("["u8);
        }
    }

    /// <inheritdoc/>
    public void Write(EventBlock block, IBufferWriter<byte> output)
    {
        for (var row = 0; row < block.Count; row++)
        {
            if (!isFragment)
            {
                output.Write(_isFirst ? "\n"u8 : ",\n"u8);
                _isFirst = false;
            }

            WriteObject(block, row, output);
            if (isFragment)
            {
                output.Write("\n"u8);
            }
        }
    }

    /// <summary>Writes one event as an object.</summary>
    public void WriteObject(EventBlock block, int row, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString(NamedEventReader.OpcodeName, NamedValues.WordOf(block.Opcodes[row]));
        if (NamedValues.WordOf(block.Flags[row]) is { } flags)
        {
            json.WriteString(NamedEventReader.FlagsName, flags);
        }

        for (var i = 0; i < schema.Fields.Length; i++)
        {
            if (_values.TextOf(block, row, i) is { } text)
            {
                json.WriteString(schema.Fields[i].Name, text);
            }
        }

        json.WriteEndObject();
    }

    /// <inheritdoc/>
    public void End(IBufferWriter<byte> output)
    {
        if (!isFragment)
        {
            output.Write("\n]\n"u8);
        }
    }
}
