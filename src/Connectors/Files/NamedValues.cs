using System.Buffers;
using System.Text;
using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Files;

/// <summary>Opcodes, flags and values of events as the texts that XML and JSON hold. Not thread-safe.</summary>
internal sealed class NamedValues(Schema schema, CsvFormat format)
{
    private readonly CsvEventWriter _csv = new(schema, format);
    private readonly ArrayBufferWriter<byte> _text = new();

    /// <summary>The word of an opcode, which <see cref="NamedEventReader"/> knows; that of an update block is written only.</summary>
    public static string WordOf(Opcode opcode) => opcode switch
    {
        Opcode.Insert => "insert",
        Opcode.Update => "update",
        Opcode.Upsert => "upsert",
        Opcode.Delete => "delete",
        Opcode.SafeDelete => "safedelete",
        _ => "updateblock",
    };

    /// <summary>Letters of flags; null for a normal event.</summary>
    public static string? WordOf(EventFlags flags) =>
        flags == EventFlags.None ? null
        : ((flags & EventFlags.PartialUpdate) != 0 ? "P" : "") + ((flags & EventFlags.Retention) != 0 ? "R" : "");

    /// <summary>A value as csv has it, without quotes; null for none.</summary>
    public string? TextOf(EventBlock block, int row, int field)
    {
        if (block.Columns[field].IsNull(row))
        {
            return null;
        }

        if (block.Columns[field] is Column<string> texts)
        {
            return texts[row];
        }

        _text.ResetWrittenCount();
        _csv.WriteField(block, row, field, _text);
        return Encoding.UTF8.GetString(_text.WrittenSpan);
    }
}
