using Lockstep.Kafka.Protocol;

namespace Lockstep.Kafka;

/// <summary>
/// Some records of one topic, in offset order, as they lie in the buffer they were received in: nothing is copied. Filled by
/// <see cref="PartitionReader.Read"/>; valid until the next call of the reader, whatever it is.
/// </summary>
public sealed class RecordPage
{
    /// <summary>Records of one page at most.</summary>
    public const int MaxRecords = 2048;

    private Entry[] _entries = new Entry[64];
    private byte[] _buffer = [];

    /// <summary>Their topic; empty before the first use.</summary>
    public string Topic { get; private set; } = "";

    /// <summary>How many.</summary>
    public int Count { get; private set; }

    /// <summary>Offset of a record. Offsets grow, but are not dense.</summary>
    public long OffsetOf(int index) => At(index).Offset;

    /// <summary>Milliseconds since 1970 UTC, as the broker keeps them.</summary>
    public long TimestampMsOf(int index) => At(index).TimestampMs;

    /// <summary>True: the record has no value (compacted topics).</summary>
    public bool IsTombstone(int index) => At(index).ValueLength < 0;

    /// <summary>The value's bytes; empty for a tombstone.</summary>
    public ReadOnlySpan<byte> ValueOf(int index)
    {
        ref readonly var entry = ref At(index);
        return entry.ValueLength <= 0 ? default : _buffer.AsSpan(entry.ValueAt, entry.ValueLength);
    }

    /// <summary>The key's bytes; false when there is none.</summary>
    public bool TryKeyOf(int index, out ReadOnlySpan<byte> key)
    {
        ref readonly var entry = ref At(index);
        key = entry.KeyLength <= 0 ? default : _buffer.AsSpan(entry.KeyAt, entry.KeyLength);
        return entry.KeyLength >= 0;
    }

    /// <summary>The bytes of the last header of that name (UTF-8); false when there is none.</summary>
    public bool TryHeaderOf(int index, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        ref readonly var entry = ref At(index);
        var reader = new RecordFields(_buffer.AsSpan(entry.HeadersAt, entry.HeadersLength));
        var found = false;
        value = default;
        for (var left = reader.VarInt(); left > 0; left--)
        {
            var key = reader.Take((int)reader.VarInt());
            var length = (int)reader.VarInt();
            var bytes = length < 0 ? default : reader.Take(length);
            if (key.SequenceEqual(name))
            {
                value = bytes;
                found = true;
            }
        }

        return found;
    }

    /// <summary>A copy of a record that stays valid.</summary>
    public KafkaRecord Copy(int index)
    {
        ref readonly var entry = ref At(index);
        var reader = new RecordFields(_buffer.AsSpan(entry.HeadersAt, entry.HeadersLength));
        var headers = new KafkaHeader[reader.VarInt()];
        for (var i = 0; i < headers.Length; i++)
        {
            var key = System.Text.Encoding.UTF8.GetString(reader.Take((int)reader.VarInt()));
            var length = (int)reader.VarInt();
            headers[i] = new KafkaHeader(key, length <= 0 ? [] : reader.Take(length).ToArray());
        }

        return new KafkaRecord(
            Topic, entry.Offset, entry.TimestampMs, TryKeyOf(index, out var key0) ? key0.ToArray() : null,
            ValueOf(index).ToArray(), entry.ValueLength < 0, headers);
    }

    internal void Begin(string topic, byte[] buffer)
    {
        Topic = topic;
        _buffer = buffer;
        Count = 0;
    }

    internal void Clear() => Count = 0;

    /// <summary>True: records of another buffer can't be added before this page is used.</summary>
    internal bool IsBoundElsewhere(byte[] buffer) => Count > 0 && _buffer != buffer;

    /// <summary>Copies one record into a buffer of the page's own, laid out as it would lie in a batch.</summary>
    internal void Fill(string topic, long offset, long timestampMs, byte[]? key, byte[]? value, Confluent.Kafka.Headers? headers)
    {
        var bytes = new RecordFieldsWriter((key?.Length ?? 0) + (value?.Length ?? 0) + 256);
        var keyAt = bytes.Put(key);
        var valueAt = bytes.Put(value);
        var headersAt = bytes.Count;
        bytes.VarInt(headers?.Count ?? 0);
        for (var i = 0; i < (headers?.Count ?? 0); i++)
        {
            var name = System.Text.Encoding.UTF8.GetBytes(headers![i].Key);
            bytes.VarInt(name.Length);
            bytes.Put(name);
            var content = headers[i].GetValueBytes();
            bytes.VarInt(content?.Length ?? -1);
            bytes.Put(content);
        }

        Begin(topic, bytes.Buffer);
        Add(new Entry(
            offset, timestampMs, keyAt, key?.Length ?? -1, valueAt, value?.Length ?? -1, headersAt, bytes.Count - headersAt));
    }

    internal void Add(in Entry entry)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Math.Min(MaxRecords, Count * 4));
        }

        _entries[Count++] = entry;
    }

    private ref readonly Entry At(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return ref _entries[index];
    }

    /// <summary>Where a record's parts lie; a length of -1 is null.</summary>
    internal readonly record struct Entry(
        long Offset, long TimestampMs, int KeyAt, int KeyLength, int ValueAt, int ValueLength, int HeadersAt, int HeadersLength);
}
