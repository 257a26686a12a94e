using System.Buffers;
using Lockstep.Connectors.Messages;
using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Files;

/// <summary>Writes the events of blocks as a subscriber's properties ask for. Not thread-safe.</summary>
/// <param name="options">The properties.</param>
/// <param name="schema">Schema of the events.</param>
/// <param name="isFragment">Others may go on in the same file: nothing is begun that would have to be ended.</param>
/// <param name="isStream">Blocks go to one connection or another: each stands for itself, as JSON one object a line.</param>
internal sealed class EventLines(FileSubscriberOptions options, Schema schema, bool isFragment = false, bool isStream = false)
{
    private readonly BlockFilter _filter = new(schema, options.Collapse, options.DropRetentionDeletes);
    private readonly ArrayBufferWriter<byte> _message = new();
    private readonly IEventText _text = options.FileType switch
    {
        FileType.Xml => new XmlEventText(schema, options.Format, isFragment),
        FileType.Json => new JsonEventText(schema, options.Format, isFragment || isStream),
        _ => new CsvEventText(schema, options.Format),
    };

    /// <summary>Writes what a file begins with: a header line, an opening tag or bracket, or nothing.</summary>
    public void WriteHeader(IBufferWriter<byte> output) => _text.Begin(output);

    /// <summary>Writes what a file ends with.</summary>
    public void WriteEnd(IBufferWriter<byte> output) => _text.End(output);

    /// <summary>Writes a block's events; gives how many that were.</summary>
    /// <param name="block">A block of the schema.</param>
    /// <param name="output">Takes the text.</param>
    public int Write(EventBlock block, IBufferWriter<byte> output)
    {
        var kept = _filter.Apply(block);
        if (kept.Count > 0)
        {
            _text.Write(kept, output);
        }

        return kept.Count;
    }

    /// <summary>The events of a block as one message; none when none are left.</summary>
    /// <param name="block">A block of the schema.</param>
    public IEnumerable<MessageWriter.Message> WriteMessage(EventBlock block)
    {
        _message.ResetWrittenCount();
        var events = Write(block, _message);
        return events == 0 ? [] : [new MessageWriter.Message(_message.WrittenSpan.ToArray(), events)];
    }
}
