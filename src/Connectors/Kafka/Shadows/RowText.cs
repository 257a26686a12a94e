using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Kafka.Shadows;

/// <summary>Records of an outbound topic as rows of text, so that what two versions write can be compared and shown.</summary>
internal sealed class RowText(OutboundTopic topic, IEnumerable<Schema> schemas)
{
    private static readonly CsvFormat Plain = new();

    private readonly Dictionary<ulong, (EventBlock Block, CsvEventWriter Writer)> _readers = schemas.DistinctBy(s => s.Id)
        .ToDictionary(s => s.Id, s => (new EventBlock(s), new CsvEventWriter(s, Plain)));

    /// <summary>How many rows a record has, without reading them.</summary>
    public long Count(ReadOnlySpan<byte> value) => topic.Format == RecordFormat.Csv
        ? Math.Max(1, value.Count((byte)'\n'))
        : EventBlockCodec.TryPeek(value, out var header) == EventBlockError.None ? header.EventCount : 1;

    /// <summary>The rows of a record.</summary>
    public ImmutableArray<string> Rows(ReadOnlySpan<byte> value)
    {
        if (topic.Format == RecordFormat.Csv)
        {
            return [.. Encoding.UTF8.GetString(value).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        }

        if (EventBlockCodec.TryPeek(value, out var header) != EventBlockError.None
            || !_readers.TryGetValue(header.SchemaId, out var reader)
            || EventBlockCodec.TryDecode(value, reader.Block.Schema, reader.Block) != EventBlockError.None)
        {
            return [string.Create(CultureInfo.InvariantCulture, $"{value.Length} bytes of schema {header.SchemaId:x16}")];
        }

        var rows = ImmutableArray.CreateBuilder<string>(reader.Block.Count);
        var buffer = new ArrayBufferWriter<byte>(256);
        for (var row = 0; row < reader.Block.Count; row++)
        {
            buffer.Clear();
            reader.Writer.Write(reader.Block, row, buffer);
            rows.Add(Encoding.UTF8.GetString(buffer.WrittenSpan).TrimEnd('\n'));
        }

        return rows.MoveToImmutable();
    }
}
