namespace Lockstep.Kafka.Writing;

/// <summary>
/// What one transaction writes to one topic: batches that wait to be sent, in order, at most one of them on its way. Numbers
/// begin anew with each epoch.
/// </summary>
internal sealed class TopicLane(string topic)
{
    private const int MostSpare = 32;
    private readonly Stack<RecordBatch> _spare = new();
    private readonly Queue<RecordBatch> _open = new();
    private RecordBatch? _last;
    private int _nextSequence;

    public string Topic { get; } = topic;

    /// <summary>Sealed batches that the leader has not acknowledged.</summary>
    public Queue<RecordBatch> Unacknowledged { get; } = new();

    /// <summary>True: the open transaction has records for it.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>True: the coordinator knows that the open transaction writes to it.</summary>
    public bool IsAdded { get; set; }

    public void Add(byte[]? value, byte[]? key, IReadOnlyList<KafkaHeader>? headers)
    {
        if (_last?.TryAdd(value, key, headers) is not true)
        {
            NewBatch().TryAdd(value, key, headers);
        }
    }

    public void Add(ReadOnlySpan<byte> value, ReadOnlySpan<byte> headerName, ReadOnlySpan<byte> header)
    {
        if (_last?.TryAdd(value, headerName, header) is not true)
        {
            NewBatch().TryAdd(value, headerName, header);
        }
    }

    /// <summary>What was added is ready to be sent.</summary>
    /// <returns>True: something waits to be sent.</returns>
    public bool Seal(ProducerIdentity producer, long timestampMs, BatchCodec codec)
    {
        while (_open.TryDequeue(out var batch))
        {
            batch.Seal(producer, _nextSequence, timestampMs, codec);
            // Numbers wrap to 0 after the largest, as the brokers count.
            _nextSequence = (int)(((long)_nextSequence + batch.Records) & int.MaxValue);
            Unacknowledged.Enqueue(batch);
        }

        _last = null;
        return Unacknowledged.Count > 0;
    }

    /// <summary>The leader has the first batch.</summary>
    public void Acknowledge() => Spare(Unacknowledged.Dequeue());

    /// <summary>The transaction is over, and what was not sent of it is dropped.</summary>
    /// <param name="raised">True: the next one has another epoch.</param>
    public void End(bool raised)
    {
        while (_open.TryDequeue(out var batch) || Unacknowledged.TryDequeue(out batch))
        {
            Spare(batch);
        }

        (_last, IsUsed, IsAdded) = (null, false, false);
        _nextSequence = raised ? 0 : _nextSequence;
    }

    private RecordBatch NewBatch()
    {
        _last = _spare.TryPop(out var spare) ? spare : new RecordBatch();
        _open.Enqueue(_last);
        IsUsed = true;
        return _last;
    }

    private void Spare(RecordBatch batch)
    {
        batch.Clear();
        if (_spare.Count < MostSpare)
        {
            _spare.Push(batch);
        }
    }
}
