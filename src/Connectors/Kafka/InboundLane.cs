using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Lockstep.Contracts.Events;
using Lockstep.Failover;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// What is read ahead of one inbound topic. The reader's thread adds chunks, the engine's takes records; chunks go round, so
/// that a steady stream allocates nothing.
/// </summary>
internal sealed class InboundLane(InboundTopic topic, Schema schema, long start, EngineMemberLimits limits)
{
    private const int ChunksKept = 64;
    private const int SmallChunksKept = 1_024;
    private const int MostEventsOfSmall = 1_024;
    private readonly ConcurrentQueue<InboundChunk> _filled = new();
    private readonly ConcurrentQueue<InboundChunk> _free = new();
    private readonly EventBlock _scratch = new(schema, 1);
    private int[] _rows = [];
    private InboundChunk? _using;
    private int _scratched = -1;
    private long _bytes;
    private long _purgedTo;
    private long _records;
    private long _events;

    public InboundTopic Topic => topic;

    public Schema Schema => schema;

    /// <summary>False: where the topic begins is not known, and nothing of it is read.</summary>
    public bool IsRead { get; } = start != JournalCursor.Unknown;

    /// <summary>The next offset to read. The reader's thread alone.</summary>
    public long Next { get; set; } = start;

    /// <summary>True: records were deleted before they could be read; the next one that is read follows them. The reader's thread alone.</summary>
    public bool MeetsGap { get; set; }

    /// <summary>True: reading goes on where the topic begins, and where that is is not known yet. The reader's thread alone.</summary>
    public bool SeeksBegin { get; set; }

    /// <summary>
    /// Below this offset the topic holds nothing any more; 0: nothing of it was missed. Written by the reader's thread after what
    /// it had read before; so who reads it first and finds no record then knows that none will come from below.
    /// </summary>
    public long PurgedTo
    {
        get => Volatile.Read(ref _purgedTo);
        set => Volatile.Write(ref _purgedTo, value);
    }

    /// <summary>True: its topic is paused. The reader's thread alone.</summary>
    public bool Paused { get; set; }

    /// <summary>Records read and not taken yet; those of the chunk in use count until it is used up.</summary>
    public long Waiting => Interlocked.Read(ref _records);

    /// <summary>True: reading has to wait.</summary>
    public bool IsFull => Waiting >= limits.PrefetchRecords || Interlocked.Read(ref _bytes) >= limits.PrefetchBytes
        || Interlocked.Read(ref _events) >= limits.PrefetchEvents;

    /// <summary>True: reading may go on after it had to wait.</summary>
    public bool HasRoom => Waiting < limits.PrefetchRecords / 2 && Interlocked.Read(ref _bytes) < limits.PrefetchBytes / 2
        && Interlocked.Read(ref _events) < limits.PrefetchEvents / 2;

    /// <summary>For the reader's thread: an empty chunk.</summary>
    public InboundChunk Rent() => _free.TryDequeue(out var chunk) ? chunk : new InboundChunk(schema);

    /// <summary>For the reader's thread: hands a chunk with records on, or one without back.</summary>
    public void Add(InboundChunk chunk)
    {
        if (chunk.Count == 0)
        {
            Return(chunk);
            return;
        }

        (chunk.FollowsGap, MeetsGap) = (MeetsGap, false);
        Interlocked.Add(ref _bytes, chunk.Bytes);
        Interlocked.Add(ref _records, chunk.Count);
        Interlocked.Add(ref _events, chunk.Block.Count);
        _filled.Enqueue(chunk);
    }

    /// <summary>For the engine's thread: the next record, left where it is.</summary>
    public bool TryPeek(out InboundRecord record)
    {
        if (!TryUse(out var chunk))
        {
            record = default;
            return false;
        }

        ref readonly var entry = ref chunk.Current;
        record = new InboundRecord(topic.Index, entry.Offset, entry.Fault is null ? BlockOf(chunk) : null, entry.Raw, entry.Fault)
        {
            FollowsGap = chunk is { FollowsGap: true, At: 0 },
        };
        return true;
    }

    /// <summary>
    /// For the engine's thread: several records that follow each other and could all be decoded, with their events in one block,
    /// left where they are; false: there are no two of them at hand, and <see cref="TryPeek"/> shows the next one.
    /// </summary>
    /// <param name="most">Records at most.</param>
    /// <param name="lastOffset">None behind this offset.</param>
    /// <param name="records">The records; valid until the next look.</param>
    public bool TryPeekSeveral(int most, long lastOffset, out InboundRecords records)
    {
        records = default;
        // A record that follows a gap begins a run of its own, or ends one (F4): that is judged record by record.
        if (!TryUse(out var chunk) || chunk.IsTakenSingly || chunk is { FollowsGap: true, At: 0 })
        {
            return false;
        }

        var end = chunk.EndOfSeveral(most, lastOffset);
        if (end - chunk.At < 2)
        {
            return false;
        }

        records = new InboundRecords(topic.Index, chunk, end, chunk.At == 0 && end == chunk.Count ? chunk.Block : CopyOf(chunk, end));
        return true;
    }

    /// <summary>
    /// For the engine's thread: what <see cref="TryPeekSeveral"/> showed can't go through the windows together, nor will what
    /// follows in the same chunk be shown together.
    /// </summary>
    public void TakeSingly()
    {
        if (_using is { } chunk)
        {
            chunk.IsTakenSingly = true;
        }
    }

    /// <summary>For the engine's thread: takes what <see cref="TryPeekSeveral"/> showed.</summary>
    public void Take(in InboundRecords records)
    {
        if (_using is { } chunk)
        {
            chunk.At += records.Count;
            _scratched = -1;
        }
    }

    /// <summary>For the engine's thread: takes what <see cref="TryPeek"/> showed; its block stays valid until the next look.</summary>
    public void Take()
    {
        if (_using is { } chunk && chunk.At < chunk.Count)
        {
            chunk.At++;
            _scratched = -1;
        }
    }

    private bool TryUse([NotNullWhen(true)] out InboundChunk? chunk)
    {
        chunk = _using;
        if (chunk is not null && chunk.At < chunk.Count)
        {
            return true;
        }

        if (chunk is not null)
        {
            Interlocked.Add(ref _bytes, -chunk.Bytes);
            Interlocked.Add(ref _records, -chunk.Count);
            Interlocked.Add(ref _events, -chunk.Block.Count);
            Return(chunk);
        }

        _filled.TryDequeue(out chunk);
        _using = chunk;
        return chunk is not null;
    }

    private EventBlock CopyOf(InboundChunk chunk, int end)
    {
        var (first, rows) = (chunk.FirstRow, chunk.RowEndOf(end - 1) - chunk.FirstRow);
        if (_rows.Length < rows)
        {
            _rows = new int[Math.Max(rows, 2 * _rows.Length)];
        }

        for (var i = 0; i < rows; i++)
        {
            _rows[i] = first + i;
        }

        _scratch.Clear();
        _scratch.AppendRows(chunk.Block, _rows.AsSpan(0, rows));
        _scratched = -1;
        return _scratch;
    }

    private EventBlock BlockOf(InboundChunk chunk)
    {
        if (chunk.Count == 1)
        {
            return chunk.Block;
        }

        if (_scratched != chunk.At)
        {
            CopyOf(chunk, chunk.At + 1);
            _scratched = chunk.At;
        }

        return _scratch;
    }

    private void Return(InboundChunk chunk)
    {
        // As many as can be on their way at once; large ones, which would add up, are left to the collector.
        if (_free.Count < (chunk.Block.Count <= MostEventsOfSmall ? SmallChunksKept : ChunksKept))
        {
            chunk.Clear();
            _free.Enqueue(chunk);
        }
    }
}
