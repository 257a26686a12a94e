using System.Buffers;
using System.Text;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Events;
using Lockstep.Kafka;

namespace Lockstep.Manager.Web.Output;

/// <summary>Makes rows of the records of one outbound topic. Used by one thread.</summary>
internal sealed class OutputDecoder(Schema schema)
{
    private readonly CsvEventWriter _csv = new(schema, new CsvFormat());
    private readonly EventBlock _block = new(schema);
    private readonly ArrayBufferWriter<byte> _text = new();

    /// <summary>Adds the record's events as rows; a record that is no block of the schema gives one row that says so.</summary>
    public void AddRows(KafkaRecord record, List<OutputRow> rows)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(record.TimestampMs);
        var error = EventBlockCodec.TryDecode(record.Value, schema, _block);
        if (error != EventBlockError.None)
        {
            rows.Add(new OutputRow(record.Offset, 0, at, "", 0, 0, "", $"(no event block of this window: {error})"));
            return;
        }

        for (var i = 0; i < _block.Count; i++)
        {
            _text.ResetWrittenCount();
            _csv.Write(_block, i, _text);
            var text = Encoding.UTF8.GetString(_text.WrittenSpan).TrimEnd('\n');
            rows.Add(new OutputRow(record.Offset, i, at, "", 0, 0, "", text));
        }
    }
}
