using System.Buffers;
using System.Text;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
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
        var (member, epoch, q, messageId) = ("", 0L, 0L, "");
        if (record.Header(OutboundStamp.HeaderName) is { } header && OutboundStampCodec.TryDecode(header, out var stamp) && stamp is not null)
        {
            at = DateTimeOffset.UnixEpoch.AddMicroseconds(stamp.StreamTime);
            (member, epoch, q, messageId) = (stamp.Member, stamp.Epoch.Value, stamp.Q, stamp.MessageId.ToString());
        }

        var error = EventBlockCodec.TryDecode(record.Value, schema, _block);
        if (error != EventBlockError.None)
        {
            rows.Add(new OutputRow(record.Offset, 0, at, member, epoch, q, messageId, $"(no event block of this window: {error})"));
            return;
        }

        for (var i = 0; i < _block.Count; i++)
        {
            _text.ResetWrittenCount();
            _csv.Write(_block, i, _text);
            var text = Encoding.UTF8.GetString(_text.WrittenSpan).TrimEnd('\n');
            rows.Add(new OutputRow(record.Offset, i, at, member, epoch, q, messageId, text));
        }
    }
}
