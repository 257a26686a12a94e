using System.Collections.Immutable;

namespace Lockstep.Manager.Web.Retention;

/// <summary>A snapshot that an engine could start from.</summary>
/// <param name="Member">Whose.</param>
/// <param name="At">Stream time of its state.</param>
/// <param name="Needs">First offset still needed of the journal and each inbound topic.</param>
internal sealed record SnapshotFacts(string Member, DateTimeOffset At, IReadOnlyDictionary<string, long> Needs);

/// <summary>The transaction log of the cluster.</summary>
/// <param name="Exists">False: nobody has used a transaction yet, and it will be made with the brokers' defaults.</param>
/// <param name="Replicas">Its replicas.</param>
/// <param name="MinInSync">Its min.insync.replicas; null when not known.</param>
/// <param name="IsUnclean">A broker that lags may become its leader.</param>
internal sealed record TransactionLogFacts(bool Exists, int Replicas, int? MinInSync, bool IsUnclean)
{
    /// <summary>Its name.</summary>
    public const string Topic = "__transaction_state";
}

/// <summary>All that was found of a group's topics and brokers.</summary>
internal sealed record RetentionFacts
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Topics of the group.</summary>
    public required ImmutableArray<TopicFacts> Topics { get; init; }

    /// <summary>Brokers that are up.</summary>
    public required int Brokers { get; init; }

    /// <summary>Settings of each broker by its id.</summary>
    public IReadOnlyDictionary<int, IReadOnlyDictionary<string, string>> BrokerSettings { get; init; } =
        new Dictionary<int, IReadOnlyDictionary<string, string>>();

    /// <summary>Null: not known.</summary>
    public TransactionLogFacts? TransactionLog { get; init; }

    /// <summary>Engines that the group has.</summary>
    public int Engines { get; init; } = 2;

    /// <summary>Newest snapshot of each engine that told of one.</summary>
    public ImmutableArray<SnapshotFacts> Snapshots { get; init; } = [];

    /// <summary>True: the group runs for long enough that it should have a snapshot.</summary>
    public bool ExpectsSnapshot { get; init; }
}
