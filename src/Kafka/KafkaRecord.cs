namespace Lockstep.Kafka;

/// <summary>One header of a record; a key may occur more than once.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">Its bytes.</param>
public readonly record struct KafkaHeader(string Key, byte[] Value);

/// <summary>One record read from partition 0 of a topic.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Offset">Its offset. Offsets grow, but are not dense: markers, aborted data and compaction take some.</param>
/// <param name="TimestampMs">Milliseconds since 1970 UTC, as the broker keeps them.</param>
/// <param name="Key">The key's bytes, or null.</param>
/// <param name="Value">The value's bytes; empty for a tombstone (see <paramref name="IsTombstone"/>).</param>
/// <param name="IsTombstone">True: the record has no value (compacted topics).</param>
/// <param name="Headers">The headers in the order in which they were written.</param>
public sealed record KafkaRecord(
    string Topic,
    long Offset,
    long TimestampMs,
    byte[]? Key,
    byte[] Value,
    bool IsTombstone,
    IReadOnlyList<KafkaHeader> Headers)
{
    /// <summary>The bytes of the last header of that name, or null.</summary>
    public byte[]? Header(string key)
    {
        for (var i = Headers.Count - 1; i >= 0; i--)
        {
            if (string.Equals(Headers[i].Key, key, StringComparison.Ordinal))
            {
                return Headers[i].Value;
            }
        }

        return null;
    }
}
