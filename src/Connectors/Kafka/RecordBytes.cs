using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Lockstep.Contracts.Failover;

namespace Lockstep.Connectors.Kafka;

internal static class RecordBytes
{
    public static byte[] Encode(JournalRecord record) => JsonSerializer.SerializeToUtf8Bytes(record);

    public static byte[] Encode(OutboundStamp stamp) => JsonSerializer.SerializeToUtf8Bytes(stamp);

    public static bool TryDecodeJournal(byte[] bytes, [NotNullWhen(true)] out JournalRecord? record)
    {
        try
        {
            record = JsonSerializer.Deserialize<JournalRecord>(bytes);
        }
        catch (JsonException)
        {
            record = null;
        }

        return record is not null;
    }

    public static bool TryDecodeStamp(byte[] bytes, [NotNullWhen(true)] out OutboundStamp? stamp)
    {
        try
        {
            stamp = JsonSerializer.Deserialize<OutboundStamp>(bytes);
        }
        catch (JsonException)
        {
            stamp = null;
        }

        return stamp is not null;
    }
}
