using System.Buffers;
using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Files;

/// <summary>Events as lines of csv (docs/formats/csv.md).</summary>
internal sealed class CsvEventText(Schema schema, CsvFormat format) : IEventText
{
    private readonly CsvEventWriter _csv = new(schema, format);

    /// <inheritdoc/>
    public void Begin(IBufferWriter<byte> output) => _csv.WriteHeader(output);

    /// <inheritdoc/>
    public void Write(EventBlock block, IBufferWriter<byte> output) => _csv.Write(block, output);

    /// <inheritdoc/>
    public void End(IBufferWriter<byte> output)
    {
        // Nothing follows the last line.
    }
}
