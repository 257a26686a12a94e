using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>An event of an outbound topic with the stamp of its record.</summary>
internal sealed record OutboundRow(OutboundStamp Stamp, long Counter, double Sum)
{
    /// <summary>Reads a whole topic as a subscriber does; q must be dense.</summary>
    public static List<OutboundRow> ReadAll(KafkaBusOptions bus, string topic, Schema schema, TestModel model)
    {
        using var reader = new PartitionReader(
            bus, ReadIsolation.Committed, [new PartitionStart(topic, PartitionStart.Earliest)], NullLogger.Instance);
        var rows = new List<OutboundRow>();
        var block = new EventBlock(schema);
        var q = 0L;
        while (reader.Poll(TimeSpan.FromMilliseconds(500)) is { } record)
        {
            var stamp = OutboundStampCodec.Decode(record.Header(OutboundStamp.HeaderName));
            Assert.Equal(++q, stamp.Q);
            Read(record.Value, model, block);
            for (var row = 0; row < block.Count; row++)
            {
                rows.Add(new OutboundRow(stamp, block.ColumnOf<long>(1)[row], schema.Fields.Length > 2 ? block.ColumnOf<double>(2)[row] : 0));
            }
        }

        return rows;
    }

    /// <summary>Decodes a record's events into a block.</summary>
    public static void Read(byte[] value, TestModel model, EventBlock block)
    {
        block.Clear();
        if (model.KafkaType != "csv")
        {
            EventBlockCodec.Decode(value, block.Schema, block);
            return;
        }

        var lines = new CsvEventReader(block.Schema, new CsvFormat());
        foreach (var line in System.Text.Encoding.UTF8.GetString(value).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.NotEqual(CsvLineKind.Error, lines.Read(line, block).Kind);
        }
    }
}
