using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;

namespace Lockstep.Connectors;

/// <summary>What a connector says about itself; an immutable snapshot, replaced as a whole.</summary>
public sealed record ConnectorStatus
{
    /// <summary>Where it is in its life.</summary>
    public ConnectorState State { get; init; }

    /// <summary>Why it failed, or what it waits for; null when there is nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>Its role in an election; null for a connector without one.</summary>
    public MemberRole? Role { get; init; }

    /// <summary>Full path of its znode; null for none.</summary>
    public string? Znode { get; init; }

    /// <summary>Full path of the znode it watches; null for none.</summary>
    public string? WatchedZnode { get; init; }

    /// <summary>Epoch it writes, or the last it has seen.</summary>
    public long Epoch { get; init; }

    /// <summary>Byte offset in a file read, or next offset of a topic read.</summary>
    public long Position { get; init; }

    /// <summary>Records or bytes that are there and not yet moved.</summary>
    public long Behind { get; init; }

    /// <summary>Events taken in.</summary>
    public long EventsIn { get; init; }

    /// <summary>Events given on; for a transactional one: committed.</summary>
    public long EventsOut { get; init; }

    /// <summary>Lines or records that could not be read and were dropped, as the connector was told to.</summary>
    public long Dropped { get; init; }

    /// <summary>Median of the last commits in milliseconds; 0 when it commits nothing.</summary>
    public double CommitMs { get; init; }

    /// <summary>Continuity of what an output writes; null for others.</summary>
    public Ledger? Ledger { get; init; }

    /// <summary>A connection to a message broker stands.</summary>
    public bool IsConnected { get; init; }

    /// <summary>Brokers reachable as far as it knows; true for one that needs none.</summary>
    public bool KafkaReachable { get; init; } = true;

    /// <summary>ZooKeeper session alive; true for one that needs none.</summary>
    public bool ZooKeeperReachable { get; init; } = true;
}
