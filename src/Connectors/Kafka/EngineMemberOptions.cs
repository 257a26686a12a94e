using Lockstep.Connectors.Kafka.Shadows;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Failover;
using Lockstep.Kafka;

namespace Lockstep.Connectors.Kafka;

/// <summary>All that a member of an engine's failover group is told at its start. Immutable.</summary>
public sealed record EngineMemberOptions
{
    /// <summary>The project; its windows carry the kafka connectors that the group runs.</summary>
    public required ProjectDefinition Project { get; init; }

    /// <summary>
    /// Makes an engine of <see cref="Project"/> with empty state. Called at the start, and again when the member rebuilds.
    /// </summary>
    public required Func<ProjectEngine> NewEngine { get; init; }

    /// <summary>SHA-256 of the model's canonical form, lower-case hex.</summary>
    public required string ModelDigest { get; init; }

    /// <summary>Where Kafka is; takes the place of every kafkahostport.</summary>
    public required KafkaBusOptions Bus { get; init; }

    /// <summary>ZooKeeper servers, <c>host:port,...[/chroot]</c>; takes the place of every zookeeperhostport.</summary>
    public required string ZooKeeper { get; init; }

    /// <summary>
    /// What is asked for unless told otherwise: the least that an ensemble with a tick of half a second grants, and long enough for a
    /// machine that is busy. A session that ends too early costs a switchover, never a result.
    /// </summary>
    public static readonly TimeSpan DefaultSessionTimeout = TimeSpan.FromSeconds(1);

    /// <summary>
    /// ZooKeeper session time-out that is asked for: how long the death of an active whose session nobody closes goes unseen. The
    /// ensemble grants from 2 to 20 of its ticks unless it is configured otherwise.
    /// </summary>
    public TimeSpan SessionTimeout { get; init; } = DefaultSessionTimeout;

    /// <summary>Name of the failover group; null: the topic prefix (urlhostport).</summary>
    public string? Group { get; init; }

    /// <summary>Name of this member, unique in the group.</summary>
    public required string Member { get; init; }

    /// <summary>A value made once a process.</summary>
    public required string Incarnation { get; init; }

    /// <summary>Base address of this process's endpoints, for peers that fetch a snapshot; empty for none.</summary>
    public string Address { get; init; } = "";

    /// <summary>Folder of this member alone; snapshots go to its subfolder <c>snapshots</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>Version of the published project, or empty.</summary>
    public string Version { get; init; } = "";

    /// <summary>Replicas of topics that are made; null: 3, or as many as there are brokers.</summary>
    public short? Replication { get; init; }

    /// <summary>
    /// Gets the newest snapshot of a peer (GET address/snapshot); null result: it has none. Null: peers are not asked.
    /// The first argument is the peer's <see cref="Address"/>.
    /// </summary>
    public Func<string, CancellationToken, Task<Stream?>>? FetchSnapshot { get; init; }

    /// <summary>Not null: may join a group that runs another version, as its shadow. Null: such a group is refused.</summary>
    public ShadowOptions? Shadow { get; init; }

    /// <summary>Waits of the state machine.</summary>
    public FailoverTimings Timings { get; init; } = new();

    /// <summary>Sizes and intervals.</summary>
    public EngineMemberLimits Limits { get; init; } = new();
}
