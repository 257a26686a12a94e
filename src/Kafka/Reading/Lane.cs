namespace Lockstep.Kafka.Reading;

/// <summary>What a <see cref="DirectSource"/> knows of one topic.</summary>
internal sealed class Lane(string topic, long start)
{
    public const int NoLeader = -1;

    public string Topic { get; } = topic;

    /// <summary>Offset to fetch next; negative: an end that is still to be asked for.</summary>
    public long Next { get; set; } = start;

    /// <summary>Everything below it was returned; -1: not known.</summary>
    public long Position { get; set; } = Math.Max(start, -1);

    public bool AtEnd { get; set; }

    public bool Paused { get; set; }

    /// <summary>True: the offset asked for is not there; it stands still until it is assigned or sought anew.</summary>
    public bool Gone { get; set; }

    /// <summary>Broker id.</summary>
    public int Leader { get; set; } = NoLeader;

    /// <summary>Grows with each seek: what was fetched for an earlier one is dropped.</summary>
    public int Generation { get; set; }

    /// <summary>It is not fetched before (ticks of the monotonic clock).</summary>
    public long NotBefore { get; set; }

    public void Seek(long offset)
    {
        (Next, Position, AtEnd, Gone) = (offset, Math.Max(offset, -1), false, false);
        Generation++;
    }
}
