using System.Buffers.Binary;

namespace Lockstep.Kafka.Protocol;

/// <summary>
/// Walks over the record batches of a read_committed fetch without decoding records (Kafka's documentation, "Message format",
/// record batch v2; skipping of aborted transactions as in the Java client's fetcher).
/// <code>
/// baseOffset 8 | length 4 | leaderEpoch 4 | magic 1 | crc 4 | attributes 2 | lastOffsetDelta 4 | timestamps 16 |
/// producerId 8 | producerEpoch 2 | baseSequence 4 | count 4 | records
/// </code>
/// </summary>
internal static class LogScan
{
    private const int BatchHeader = 61;
    private const int LengthAt = 8;
    private const int BeforeLength = 12;
    private const int MagicAt = 16;
    private const int AttributesAt = 21;
    private const int LastDeltaAt = 23;
    private const int ProducerIdAt = 43;
    private const int Transactional = 0x10;
    private const int Control = 0x20;

    /// <summary>Finds where the committed records below an end end.</summary>
    /// <param name="records">Batches from <paramref name="from"/> on; the last one may be cut off.</param>
    /// <param name="aborted">Producer id and first offset of each aborted transaction among them.</param>
    /// <param name="from">The offset that was fetched.</param>
    /// <param name="end">The last stable offset.</param>
    /// <returns>
    /// The offset after the last committed record below the end, <paramref name="from"/> when there is none; the end itself when
    /// the batches do not reach it or are of another format, so that nobody knows.
    /// </returns>
    internal static long LastCommitted(
        ReadOnlySpan<byte> records, IReadOnlyList<(long ProducerId, long FirstOffset)> aborted, long from, long end)
    {
        var after = from;
        var reached = from;
        var open = new HashSet<long>();
        var waiting = aborted.OrderBy(a => a.FirstOffset).ToList();
        while (reached < end)
        {
            if (records.Length < BatchHeader || records[MagicAt] != 2)
            {
                return end;
            }

            var length = BinaryPrimitives.ReadInt32BigEndian(records[LengthAt..]) + BeforeLength;
            if (length < BatchHeader || length > records.Length)
            {
                return end;
            }

            var last = BinaryPrimitives.ReadInt64BigEndian(records) + BinaryPrimitives.ReadInt32BigEndian(records[LastDeltaAt..]);
            var attributes = BinaryPrimitives.ReadInt16BigEndian(records[AttributesAt..]);
            var producer = BinaryPrimitives.ReadInt64BigEndian(records[ProducerIdAt..]);
            while (waiting.Count > 0 && waiting[0].FirstOffset <= last)
            {
                open.Add(waiting[0].ProducerId);
                waiting.RemoveAt(0);
            }

            if ((attributes & Control) != 0)
            {
                // A marker ends the producer's transaction, whichever way it went.
                open.Remove(producer);
            }
            else if ((attributes & Transactional) == 0 || !open.Contains(producer))
            {
                after = Math.Min(last + 1, end);
            }

            reached = last + 1;
            records = records[length..];
        }

        return after;
    }
}
