using System.Buffers;
using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Files;

/// <summary>Writes the events of blocks as csv lines, as a subscriber's properties ask for. Not thread-safe.</summary>
/// <param name="options">The properties.</param>
/// <param name="schema">Schema of the events.</param>
internal sealed class EventLines(FileSubscriberOptions options, Schema schema)
{
    private readonly CsvEventWriter _csv = new(schema, options.Format);
    private readonly EventBlock _collapsed = new(schema);

    /// <summary>Writes the header line, if one is asked for.</summary>
    public void WriteHeader(IBufferWriter<byte> output) => _csv.WriteHeader(output);

    /// <summary>Writes a block's events; gives how many lines that were.</summary>
    /// <param name="block">A block of the schema.</param>
    /// <param name="output">Takes the lines.</param>
    public int Write(EventBlock block, IBufferWriter<byte> output)
    {
        if (!options.Collapse && !options.DropRetentionDeletes)
        {
            _csv.Write(block, output);
            return block.Count;
        }

        _collapsed.Clear();
        var opcodes = block.Opcodes;
        for (var row = 0; row < block.Count; row++)
        {
            var isRetention = (block.Flags[row] & EventFlags.Retention) != 0;
            if (options.DropRetentionDeletes && opcodes[row] == Opcode.Delete && isRetention)
            {
                continue;
            }

            if (options.Collapse && opcodes[row] == Opcode.UpdateBlock)
            {
                _collapsed.AppendFrom(block, row, Opcode.Update, block.Flags[row]);
                row++; // The delete with the old values always stands right behind.
                continue;
            }

            _collapsed.AppendFrom(block, row);
        }

        _csv.Write(_collapsed, output);
        return _collapsed.Count;
    }
}
