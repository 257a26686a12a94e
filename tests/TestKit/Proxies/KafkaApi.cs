namespace Lockstep.TestKit.Proxies;

/// <summary>Kafka's requests that tests hold or double, by their api keys (kafka.apache.org/protocol).</summary>
public enum KafkaApi
{
    /// <summary>Records for partitions.</summary>
    Produce = 0,

    /// <summary>Reads records.</summary>
    Fetch = 1,

    /// <summary>Asks for first and last offsets.</summary>
    ListOffsets = 2,

    /// <summary>Asks for brokers, topics and leaders.</summary>
    Metadata = 3,

    /// <summary>Asks for the coordinator of a transactional id.</summary>
    FindCoordinator = 10,

    /// <summary>Takes a transactional id, and so fences whoever had it.</summary>
    InitProducerId = 22,

    /// <summary>Begins a transaction with its partitions.</summary>
    AddPartitionsToTxn = 24,

    /// <summary>Commits or aborts a transaction.</summary>
    EndTxn = 26,
}
