using System.Buffers;
using System.Text;
using Lockstep.Connectors.Files;
using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Messages;

/// <summary>
/// Makes messages of blocks: one an event, or one a block when the block is transactional or the properties say so. Not thread-safe.
/// </summary>
/// <param name="schema">Schema of the events.</param>
/// <param name="options">What messages hold.</param>
internal sealed class MessageWriter(Schema schema, MessageOptions options)
{
    private readonly BlockFilter _filter = new(schema, options.Collapse, options.DropRetentionDeletes);
    private readonly CsvEventWriter _csv = new(schema, options.Csv);
    private readonly JsonEventText _json = new(schema, options.Csv, isFragment: true);
    private readonly OpaqueFields? _opaque = OpaqueFields.Find(schema, options.TextField);
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>The messages of a block; those with opaque strings are of what is there then, so deletes give none.</summary>
    /// <param name="block">A block of the schema.</param>
    public IEnumerable<Message> Write(EventBlock block)
    {
        var kept = _filter.Apply(block);
        var isOne = options.Format != MessageFormat.OpaqueString && (options.BlockPerMessage || block.IsTransactional);
        var size = isOne ? kept.Count : 1;
        for (var row = 0; row < kept.Count; row += size)
        {
            if (options.Format == MessageFormat.OpaqueString && kept.Opcodes[row] is Opcode.Delete or Opcode.SafeDelete)
            {
                continue;
            }

            _buffer.ResetWrittenCount();
            WriteRows(kept, row, size);
            yield return new Message(_buffer.WrittenSpan.ToArray(), size);
        }
    }

    private void WriteRows(EventBlock block, int from, int count)
    {
        switch (options.Format)
        {
            case MessageFormat.Csv:
                _csv.WriteHeader(_buffer);
                for (var row = from; row < from + count; row++)
                {
                    _csv.Write(block, row, _buffer);
                }

                break;
            case MessageFormat.Json:
                for (var row = from; row < from + count; row++)
                {
                    _buffer.Write(row == from ? "["u8 : ","u8);
                    _json.WriteObject(block, row, _buffer);
                }

                _buffer.Write("]"u8);
                break;
            default:
                var texts = (Column<string>)block.Columns[_opaque!.Text];
                Encoding.UTF8.GetBytes(texts.IsNull(from) ? "" : texts[from], _buffer);
                break;
        }
    }

    /// <summary>A message to be sent.</summary>
    /// <param name="Payload">Its bytes.</param>
    /// <param name="Events">Events in it.</param>
    public sealed record Message(byte[] Payload, int Events);
}
