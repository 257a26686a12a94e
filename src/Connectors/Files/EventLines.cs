using System.Buffers;
using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Files;

/// <summary>Writes the events of blocks as a subscriber's properties ask for. Not thread-safe.</summary>
/// <param name="options">The properties.</param>
/// <param name="schema">Schema of the events.</param>
/// <param name="isFragment">Others may go on in the same file: nothing is begun that would have to be ended.</param>
internal sealed class EventLines(FileSubscriberOptions options, Schema schema, bool isFragment = false)
{
    private readonly BlockFilter _filter = new(schema, options.Collapse, options.DropRetentionDeletes);
    private readonly IEventText _text = options.FileType switch
    {
        FileType.Xml => new XmlEventText(schema, options.Format, isFragment),
        FileType.Json => new JsonEventText(schema, options.Format, isFragment),
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
}
