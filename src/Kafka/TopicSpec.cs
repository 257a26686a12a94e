namespace Lockstep.Kafka;

/// <summary>What a topic must be like. It always has one partition.</summary>
/// <param name="Name">Its name.</param>
public sealed record TopicSpec(string Name)
{
    /// <summary>How many replicas, or null for the cluster's default.</summary>
    public short? Replication { get; init; }

    /// <summary>How long records are kept; null is the cluster's default, <see cref="KeepForever"/> no limit by time.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>True: compacted by key (<c>cleanup.policy=compact</c>).</summary>
    public bool Compacted { get; init; }

    /// <summary>Further topic settings by name, such as <c>max.message.bytes</c>; set on creation, not checked.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>No limit by time: <c>retention.ms=-1</c>.</summary>
    public static readonly TimeSpan KeepForever = Timeout.InfiniteTimeSpan;
}

/// <summary>One thing about an existing topic that is not as asked.</summary>
/// <param name="Code"><c>partitions</c>, <c>replication</c>, <c>retention</c>, <c>cleanup</c> or <c>under-replicated</c>.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Message">What it is, what it should be, and why that matters.</param>
/// <param name="IsBlocking">True: the group must not run on it. False: it may, with a warning.</param>
public sealed record TopicProblem(string Code, string Topic, string Message, bool IsBlocking);

/// <summary>A topic as the cluster has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">Its partitions by number.</param>
/// <param name="Settings">Its settings by name; empty when the cluster can't tell (in-memory brokers).</param>
public sealed record TopicDescription(
    string Name, IReadOnlyList<PartitionDescription> Partitions, IReadOnlyDictionary<string, string> Settings);

/// <summary>A partition as the cluster has it.</summary>
/// <param name="Number">From 0.</param>
/// <param name="Leader">Broker id of the leader, or -1 when there is none.</param>
/// <param name="Replicas">Broker ids.</param>
/// <param name="InSync">Broker ids of the in-sync replicas.</param>
/// <param name="FirstOffset">The first offset still kept; -1 when unknown.</param>
/// <param name="EndOffset">The last stable offset: one after the last committed record; -1 when unknown.</param>
public sealed record PartitionDescription(
    int Number, int Leader, IReadOnlyList<int> Replicas, IReadOnlyList<int> InSync, long FirstOffset, long EndOffset);

/// <summary>The brokers of a cluster.</summary>
/// <param name="ClusterId">The cluster's own id; empty when unknown.</param>
/// <param name="Controller">Broker id of the controller, or -1.</param>
/// <param name="Brokers">The brokers that are up.</param>
public sealed record ClusterDescription(string ClusterId, int Controller, IReadOnlyList<BrokerAddress> Brokers);

/// <summary>A broker.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Host">Its advertised host.</param>
/// <param name="Port">Its advertised port.</param>
public sealed record BrokerAddress(int Id, string Host, int Port);

/// <summary>Which end of a partition is asked for.</summary>
public enum OffsetEnd
{
    /// <summary>The first offset still kept.</summary>
    Earliest,

    /// <summary>One after the last record (committed reading: the last stable offset).</summary>
    Latest,
}
