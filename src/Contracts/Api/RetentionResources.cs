namespace Lockstep.Contracts.Api;

/// <summary>How far back a restarted engine can rebuild, and what of topics and brokers endangers it.</summary>
public sealed record RetentionResource
{
    /// <summary>When it was looked at.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>All of it as one line.</summary>
    public required string Sentence { get; init; }

    /// <summary>
    /// Minutes back to which journal and inbound topics reach now: an engine rebuilds from a snapshot that is younger. Null: nothing
    /// has been deleted, so that it can rebuild from the beginning; or it is not known.
    /// </summary>
    public double? RebuildMinutes { get; init; }

    /// <summary>
    /// Minutes that the settings promise, the least of all topics: retention.ms, and retention.bytes at the rate seen. Null: no limit,
    /// or it is not known.
    /// </summary>
    public double? KeptMinutes { get; init; }

    /// <summary>The topic that limits first; null for none.</summary>
    public string? LimitedBy { get; init; }

    /// <summary>Age in minutes of the newest snapshot of any engine; null: none is known.</summary>
    public double? SnapshotMinutes { get; init; }

    /// <summary>Inbound topics, outbound topics, journal.</summary>
    public IReadOnlyList<TopicRetentionResource> Topics { get; init; } = [];

    /// <summary>What is dangerous (warning) and what keeps the group from running (error): code, topic or broker, and what to do.</summary>
    public IReadOnlyList<ProblemResource> Problems { get; init; } = [];
}

/// <summary>How long a topic keeps what a restarted engine needs.</summary>
/// <param name="Topic">Its name.</param>
/// <param name="Kind">inbound, outbound or journal.</param>
/// <param name="Exists">False: it will be made with the brokers' defaults, from which the rest is taken.</param>
/// <param name="KeptMinutes">Minutes that its settings promise; null for no limit or not known.</param>
/// <param name="ReachesBackMinutes">Age of its oldest record; null for none or not known.</param>
/// <param name="IsWhole">True: nothing was deleted from it.</param>
/// <param name="SizeBytes">Bytes on its leader's disk; null when not known.</param>
/// <param name="RecordsPerSecond">Offsets used a second between the last two looks; null when not known.</param>
/// <param name="BytesPerSecond">Growth between the last two looks; null when not known.</param>
/// <param name="Window">The window behind it that keeps rows longest by time, as query/window; null for none.</param>
/// <param name="WindowMinutes">How long that window keeps them.</param>
public sealed record TopicRetentionResource(
    string Topic, string Kind, bool Exists, double? KeptMinutes, double? ReachesBackMinutes, bool IsWhole, long? SizeBytes,
    double? RecordsPerSecond, double? BytesPerSecond, string? Window, double? WindowMinutes);

/// <summary>The answer to POST /api/v1/groups?dryRun=true: what would come of it; nothing is deployed.</summary>
/// <param name="CanDeploy">True: a deployment would not be refused.</param>
/// <param name="Problems">Errors and warnings of the request, the model, topics and brokers.</param>
/// <param name="Retention">How far back engines could rebuild; null when the model has errors or Kafka is out of reach.</param>
public sealed record DeployCheckResource(bool CanDeploy, IReadOnlyList<ProblemResource> Problems, RetentionResource? Retention);

/// <summary>The newest snapshot of a member.</summary>
/// <param name="Sequence">Journal sequence.</param>
/// <param name="At">Stream time of the state in it.</param>
/// <param name="Needs">The first offset that is still needed of the journal and each inbound topic.</param>
public sealed record SnapshotResource(long Sequence, DateTimeOffset At, IReadOnlyDictionary<string, long> Needs);
