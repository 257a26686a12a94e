using System.Text;
using Lockstep.Kafka.Protocol;

namespace Lockstep.Kafka.Writing;

/// <summary>
/// One batch of records on its way to one topic, in message format 2 (<see cref="RecordBatchHeader"/> has the header's layout).
/// Memory is kept from transaction to transaction. A record:
/// <code>varint length | int8 attributes | varint ms after the first | varint offset after the first | key | value | headers</code>
/// </summary>
internal sealed class RecordBatch
{
    /// <summary>A batch that would grow beyond it is sent, and another one begun: below what brokers take by default (1 MiB).</summary>
    public const int MostBytes = 1_000_000;

    private const int MostVarint = 5;
    private const int FixedFieldBytes = 2 + (6 * MostVarint);
    private const short Transactional = 0x10;
    private byte[] _bytes = new byte[4096];
    private int _count = RecordBatchHeader.Length;
    private byte[] _packed = [];
    private ReadOnlyMemory<byte> _sealed;

    /// <summary>Records in it.</summary>
    public int Records { get; private set; }

    /// <summary>The whole batch once sealed.</summary>
    public ReadOnlySpan<byte> Sealed => _sealed.Span;

    public bool IsSealed => !_sealed.IsEmpty;

    public void Clear()
    {
        (_count, Records) = (RecordBatchHeader.Length, 0);
        _sealed = default;
    }

    /// <summary>Adds a record; false: it does not fit any more.</summary>
    public bool TryAdd(byte[]? value, byte[]? key, IReadOnlyList<KafkaHeader>? headers)
    {
        var names = 0;
        for (var i = 0; i < headers?.Count; i++)
        {
            names += Encoding.UTF8.GetMaxByteCount(headers[i].Key.Length) + headers[i].Value.Length + (2 * MostVarint);
        }

        if (!Begin((value?.Length ?? 0) + (key?.Length ?? 0) + names))
        {
            return false;
        }

        var start = _count;
        _count += MostVarint;
        Start();
        Nullable(key);
        Nullable(value);
        VarInt(headers?.Count ?? 0);
        for (var i = 0; i < headers?.Count; i++)
        {
            VarInt(Encoding.UTF8.GetByteCount(headers[i].Key));
            _count += Encoding.UTF8.GetBytes(headers[i].Key, _bytes.AsSpan(_count));
            Nullable(headers[i].Value);
        }

        End(start);
        return true;
    }

    /// <summary>Adds a record without a key and with one header; false: it does not fit any more.</summary>
    public bool TryAdd(ReadOnlySpan<byte> value, ReadOnlySpan<byte> headerName, ReadOnlySpan<byte> header)
    {
        if (!Begin(value.Length + headerName.Length + header.Length + (2 * MostVarint)))
        {
            return false;
        }

        var start = _count;
        _count += MostVarint;
        Start();
        VarInt(-1);
        Put(value);
        VarInt(1);
        Put(headerName);
        Put(header);
        End(start);
        return true;
    }

    /// <summary>Fills in the header: nothing can be added after it.</summary>
    /// <param name="producer">Who writes.</param>
    /// <param name="sequence">Number of the first record among those of this producer, epoch and partition.</param>
    /// <param name="timestampMs">Of all records: milliseconds since 1970 UTC.</param>
    /// <param name="codec">Packs the records.</param>
    public void Seal(ProducerIdentity producer, int sequence, long timestampMs, BatchCodec codec)
    {
        var records = _bytes.AsSpan(RecordBatchHeader.Length, _count - RecordBatchHeader.Length);
        var batch = _bytes.AsMemory(0, _count);
        if (codec.Id != 0)
        {
            var packed = codec.Pack(records);
            var length = RecordBatchHeader.Length + packed.Length;
            if (_packed.Length < length)
            {
                _packed = new byte[length];
            }

            packed.CopyTo(_packed.AsSpan(RecordBatchHeader.Length));
            batch = _packed.AsMemory(0, length);
        }

        RecordBatchHeader.Write(batch.Span, (short)(Transactional | codec.Id), timestampMs, producer.Id, producer.Epoch, sequence, Records);
        _sealed = batch;
    }

    private bool Begin(int bytes)
    {
        var most = bytes + FixedFieldBytes;
        if (Records > 0 && _count + most > MostBytes)
        {
            return false;
        }

        if (_count + most > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _count + most));
        }

        return true;
    }

    private void Start()
    {
        _bytes[_count++] = 0;
        _bytes[_count++] = 0;
        VarInt(Records);
    }

    /// <summary>The length stands before the record and is known only now: the record is moved up to it.</summary>
    private void End(int start)
    {
        var body = start + MostVarint;
        var length = _count - body;
        _count = start;
        VarInt(length);
        _bytes.AsSpan(body, length).CopyTo(_bytes.AsSpan(_count));
        _count += length;
        Records++;
    }

    private void Nullable(byte[]? bytes)
    {
        if (bytes is null)
        {
            VarInt(-1);
        }
        else
        {
            Put(bytes);
        }
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        VarInt(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_count));
        _count += bytes.Length;
    }

    private void VarInt(int value)
    {
        var rest = (uint)((value << 1) ^ (value >> 31));
        for (; rest >= 0x80; rest >>= 7)
        {
            _bytes[_count++] = (byte)(rest | 0x80);
        }

        _bytes[_count++] = (byte)rest;
    }
}
