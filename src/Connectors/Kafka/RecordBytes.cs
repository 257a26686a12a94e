using System.Diagnostics.CodeAnalysis;
using Lockstep.Contracts.Failover;

namespace Lockstep.Connectors.Kafka;

/// <summary>Records of a group's topics as bytes; what can't be read is told by false, since it may be anybody's.</summary>
internal static class RecordBytes
{
    public static byte[] Encode(JournalRecord record) => JournalRecordCodec.Encode(record);

    public static byte[] Encode(OutboundStamp stamp) => OutboundStampCodec.Encode(stamp);

    public static bool TryDecodeJournal(byte[] bytes, [NotNullWhen(true)] out JournalRecord? record)
    {
        try
        {
            record = JournalRecordCodec.Decode(bytes);
            return true;
        }
        catch (FormatException)
        {
            // The caller counts and reports it.
            record = null;
            return false;
        }
    }

    public static bool TryDecodeStamp(byte[] bytes, [NotNullWhen(true)] out OutboundStamp? stamp) =>
        OutboundStampCodec.TryDecode(bytes, out stamp) && stamp is not null;
}
