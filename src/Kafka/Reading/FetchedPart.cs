using System.IO.Compression;
using Lockstep.Kafka.Protocol;

namespace Lockstep.Kafka.Reading;

/// <summary>
/// Walks through the batches that a broker sent for one topic and puts their records on pages: checks each batch, leaves out
/// records below the offset asked for, markers, and, for a committed reader, what was aborted.
/// </summary>
internal sealed class FetchedPart
{
    private const int Gzip = 1;
    private const int Lz4 = 3;
    private readonly HashSet<long> _aborting = [];
    private readonly byte[] _buffer;
    private readonly FetchedTopic _topic;
    private readonly long _asked;
    private readonly int _end;
    private readonly int _mostBytes;
    private byte[] _records = [];
    private int _at;
    private int _recordAt;
    private int _recordEnd;
    private int _recordsLeft;
    private int _nextAborted;
    private long _baseOffset;
    private long _baseTimestamp;
    private long _appendTimestamp;

    /// <param name="lane">Whose it is.</param>
    /// <param name="topic">What the broker said.</param>
    /// <param name="buffer">Where its batches lie.</param>
    /// <param name="mostBytes">The largest unpacked batch that is taken.</param>
    public FetchedPart(Lane lane, FetchedTopic topic, byte[] buffer, int mostBytes)
    {
        Lane = lane;
        Generation = lane.Generation;
        _topic = topic;
        _buffer = buffer;
        _asked = lane.Next;
        _at = topic.Start;
        _end = topic.Start + topic.Length;
        _mostBytes = mostBytes;
        Next = Scan();
    }

    public Lane Lane { get; }

    public int Generation { get; }

    public short Error => _topic.Error;

    public long HighWatermark => _topic.HighWatermark;

    public long LastStable => _topic.LastStable;

    /// <summary>The offset to fetch after this part.</summary>
    public long Next { get; }

    /// <summary>Puts records on the page until it is full or the part is over.</summary>
    /// <param name="page">The page; empty.</param>
    /// <param name="unpacked">A buffer for unpacked batches, which the page then refers to.</param>
    /// <returns>True: there may be more.</returns>
    /// <exception cref="ProtocolException">A batch is damaged.</exception>
    /// <exception cref="UnknownCodecException">A batch can't be unpacked here; <see cref="Lane.Position"/> stands before it.</exception>
    public bool Fill(RecordPage page, ref byte[] unpacked)
    {
        while (true)
        {
            if (_recordsLeft > 0)
            {
                if (page.Count == 0)
                {
                    page.Begin(Lane.Topic, _records);
                }

                TakeRecords(page);
                if (_recordsLeft > 0)
                {
                    return true;
                }
            }

            if (!RecordBatchHeader.IsWhole(_buffer.AsSpan(_at, _end - _at)))
            {
                return false;
            }

            if (!OpenBatch(page, ref unpacked))
            {
                return true;
            }
        }
    }

    /// <summary>False: the page must be used first, since this batch lies in another buffer.</summary>
    private bool OpenBatch(RecordPage page, ref byte[] unpacked)
    {
        var size = new RecordBatchHeader(_buffer.AsSpan(_at)).Size;
        var batch = _buffer.AsSpan(_at, size);
        var header = new RecordBatchHeader(batch);
        if (header.Magic != RecordBatchHeader.Magic2)
        {
            throw new UnknownCodecException($"Topic {Lane.Topic} holds message format {header.Magic} at {header.BaseOffset}.");
        }

        if (header.Codec != 0 ? page.Count > 0 : page.IsBoundElsewhere(_buffer))
        {
            return false;
        }

        if (!header.IsIntact(batch))
        {
            throw new ProtocolException($"The batch at {header.BaseOffset} of {Lane.Topic} is damaged.");
        }

        if (header.NextOffset > _asked && !IsLeftOut(header, batch))
        {
            Unpack(header, batch, ref unpacked);
        }

        _at += size;
        return true;
    }

    private void Unpack(RecordBatchHeader header, Span<byte> batch, ref byte[] unpacked)
    {
        _baseOffset = header.BaseOffset;
        _baseTimestamp = header.BaseTimestamp;
        _appendTimestamp = header.IsAppendTime ? header.LargestTimestamp : -1;
        switch (header.Codec)
        {
            case 0:
                (_records, _recordAt, _recordEnd) = (_buffer, _at + RecordBatchHeader.Length, _at + batch.Length);
                break;
            case Lz4:
                _recordEnd = Lz4Frame.Unpack(batch[RecordBatchHeader.Length..], ref unpacked, _mostBytes);
                (_records, _recordAt) = (unpacked, 0);
                break;
            case Gzip:
                using (var packed = new MemoryStream(_buffer, _at + RecordBatchHeader.Length, batch.Length - RecordBatchHeader.Length))
                using (var reader = new GZipStream(packed, CompressionMode.Decompress))
                using (var whole = new MemoryStream())
                {
                    reader.CopyTo(whole);
                    (_records, _recordAt, _recordEnd) = (whole.GetBuffer(), 0, (int)whole.Length);
                }

                break;
            default:
                throw new UnknownCodecException($"Topic {Lane.Topic} holds batches of compression {header.Codec}.");
        }

        _recordsLeft = header.Records;
    }

    /// <summary>True for markers and for what was aborted, as Kafka's own consumer judges.</summary>
    private bool IsLeftOut(RecordBatchHeader header, ReadOnlySpan<byte> batch)
    {
        if (_topic.Aborted is { } aborted)
        {
            while (_nextAborted < aborted.Count && aborted[_nextAborted].FirstOffset < header.NextOffset)
            {
                _aborting.Add(aborted[_nextAborted++].ProducerId);
            }
        }

        if (header.IsControl)
        {
            if (_aborting.Count > 0 && IsAbort(batch[RecordBatchHeader.Length..]))
            {
                _aborting.Remove(header.ProducerId);
            }

            return true;
        }

        return header.IsTransactional && _aborting.Contains(header.ProducerId);
    }

    /// <summary>A marker's key is version and type, 0 for abort.</summary>
    private static bool IsAbort(ReadOnlySpan<byte> records)
    {
        var fields = new RecordFields(records);
        fields.VarInt();
        fields.Skip(1);
        fields.VarInt();
        fields.VarInt();
        var key = fields.Take((int)fields.VarInt());
        return key.Length >= 4 && key[2] == 0 && key[3] == 0;
    }

    private void TakeRecords(RecordPage page)
    {
        var fields = new RecordFields(_records.AsSpan(0, _recordEnd));
        fields.Skip(_recordAt);
        while (_recordsLeft > 0 && page.Count < RecordPage.MaxRecords)
        {
            var length = (int)fields.VarInt();
            var end = fields.Position + length;
            fields.Skip(1);
            var timestamp = _baseTimestamp + fields.VarInt();
            var offset = _baseOffset + fields.VarInt();
            var keyLength = (int)fields.VarInt();
            var keyAt = fields.Position;
            fields.Skip(Math.Max(keyLength, 0));
            var valueLength = (int)fields.VarInt();
            var valueAt = fields.Position;
            fields.Skip(Math.Max(valueLength, 0));
            var headersAt = fields.Position;
            fields.Skip(end - headersAt);
            _recordsLeft--;
            if (offset >= _asked)
            {
                page.Add(new RecordPage.Entry(
                    offset, _appendTimestamp >= 0 ? _appendTimestamp : timestamp, keyAt, keyLength, valueAt, valueLength,
                    headersAt, end - headersAt));
            }
        }

        _recordAt = fields.Position;
    }

    /// <summary>One after the last whole batch.</summary>
    private long Scan()
    {
        var next = _asked;
        for (var at = _at; RecordBatchHeader.IsWhole(_buffer.AsSpan(at, _end - at));)
        {
            var header = new RecordBatchHeader(_buffer.AsSpan(at));
            next = Math.Max(next, header.Magic == RecordBatchHeader.Magic2 ? header.NextOffset : next);
            at += header.Size;
        }

        return next;
    }
}
