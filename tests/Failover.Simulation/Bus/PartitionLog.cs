namespace Lockstep.Failover.Simulation.Bus;

/// <summary>How the transaction stands that a record belongs to.</summary>
internal enum Fate
{
    Open,
    Committed,
    Aborted,
}

/// <summary>A transaction's part in one partition.</summary>
internal sealed class TransactionPart(short epoch, long firstOffset)
{
    public short Epoch { get; } = epoch;

    public long FirstOffset { get; } = firstOffset;

    public Fate Fate { get; set; }

    public List<object> Values { get; } = [];
}

/// <summary>One offset: a record, or a marker (no value) that ends a transaction.</summary>
internal readonly record struct LogEntry(object? Value, TransactionPart? Part);

/// <summary>
/// Partition 0 of a topic: records, markers and aborted records take offsets; readers see what is committed below the last
/// stable offset.
/// </summary>
internal sealed class PartitionLog(string topic)
{
    private readonly List<LogEntry> _entries = [];
    private readonly Dictionary<long, TransactionPart> _open = [];
    private readonly Dictionary<long, (short Epoch, int Batch)> _producers = [];

    public string Topic { get; } = topic;

    /// <summary>The first offset that is not deleted.</summary>
    public long First { get; private set; }

    public long End => _entries.Count;

    public long LastStable
    {
        get
        {
            var end = End;
            foreach (var part in _open.Values)
            {
                end = Math.Min(end, part.FirstOffset);
            }

            return end;
        }
    }

    /// <summary>Told when the last stable offset moves on.</summary>
    public event Action? Advanced;

    /// <summary>A record without a transaction.</summary>
    public long Write(object value)
    {
        _entries.Add(new LogEntry(value, null));
        Advanced?.Invoke();
        return End - 1;
    }

    /// <summary>An offset without a record, as a marker of somebody else's transaction.</summary>
    public void Skip()
    {
        _entries.Add(default);
        Advanced?.Invoke();
    }

    public TransactionPart? OpenPart(long producer) => _open.GetValueOrDefault(producer);

    /// <summary>The newest epoch of a producer that the partition has seen.</summary>
    public short EpochOf(long producer) => _producers.TryGetValue(producer, out var seen) ? seen.Epoch : (short)-1;

    /// <summary>True: this batch is there already.</summary>
    public bool Has(ProducerIdentity producer, int batch) =>
        _producers.TryGetValue(producer.Id, out var seen) && seen.Epoch == producer.Epoch && seen.Batch >= batch;

    public void Append(ProducerIdentity producer, int batch, IReadOnlyList<object> values)
    {
        if (!_open.TryGetValue(producer.Id, out var part))
        {
            part = new TransactionPart(producer.Epoch, End);
            _open.Add(producer.Id, part);
        }

        foreach (var value in values)
        {
            _entries.Add(new LogEntry(value, part));
            part.Values.Add(value);
        }

        _producers[producer.Id] = (producer.Epoch, batch);
    }

    /// <summary>Ends a producer's transaction.</summary>
    public void Mark(ProducerIdentity producer, bool commit)
    {
        if (_open.Remove(producer.Id, out var part))
        {
            part.Fate = commit ? Fate.Committed : Fate.Aborted;
        }

        if (!_producers.TryGetValue(producer.Id, out var seen) || seen.Epoch < producer.Epoch)
        {
            _producers[producer.Id] = (producer.Epoch, 0);
        }

        _entries.Add(default);
        Advanced?.Invoke();
    }

    public void DeleteBefore(long offset) => First = Math.Max(First, Math.Min(offset, LastStable));

    /// <summary>An offset from which a reader meets the newest committed record: so many before the end, or as many more as it takes.</summary>
    public long LastRecord(int reach)
    {
        var from = Math.Max(First, LastStable - reach);
        while (from > First && !Enumerable.Range((int)from, (int)(LastStable - from)).Any(o => Read(o) is not null))
        {
            from--;
        }

        return from;
    }

    /// <summary>The committed record at an offset; null for a marker, or a record that was aborted.</summary>
    public object? Read(long offset)
    {
        var entry = _entries[(int)offset];
        return entry.Part is null or { Fate: Fate.Committed } ? entry.Value : null;
    }
}
