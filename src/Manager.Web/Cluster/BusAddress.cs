namespace Lockstep.Manager.Web.Cluster;

/// <summary>Where the bus is.</summary>
/// <param name="Kafka">Bootstrap servers.</param>
/// <param name="ZooKeeper">Servers.</param>
/// <param name="IsEmbedded">True: the in-memory cluster, which fences nobody and forgets all when it ends.</param>
internal sealed record Bus(string Kafka, string ZooKeeper, bool IsEmbedded)
{
    /// <summary>One sentence for people.</summary>
    public string Sentence => IsEmbedded
        ? $"Embedded cluster on {Kafka}: in memory, unfenced, for trying things out."
        : $"Kafka on {Kafka}, ZooKeeper on {ZooKeeper}.";
}

/// <summary>The bus of this manager, once it is up.</summary>
internal sealed class BusAddress
{
    private readonly TaskCompletionSource<Bus> _found = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Bus? _current;

    /// <summary>The bus; null until it is up.</summary>
    public Bus? Current => _current;

    /// <summary>Ends when the bus is up.</summary>
    public Task<Bus> WaitAsync(CancellationToken cancellation) => _found.Task.WaitAsync(cancellation);

    /// <summary>Says where it is; again after an embedded cluster was started anew.</summary>
    public void Set(Bus bus)
    {
        _current = bus;
        _found.TrySetResult(bus);
    }
}
