namespace Lockstep.Connectors.Kafka;

/// <summary>Sizes and intervals of a member. The defaults are the measured ones (docs/failover.md).</summary>
public sealed record EngineMemberLimits
{
    /// <summary>Inbound records of one topic read ahead at most; reading waits when it is full.</summary>
    public int PrefetchRecords { get; init; } = 60_000;

    /// <summary>Bytes of inbound records of one topic read ahead at most; reading waits when it is full.</summary>
    public long PrefetchBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Events of one topic read ahead at most, give or take one answer of a broker; reading waits when it is full. Bytes alone
    /// don't bound memory: packed columns take several times their bytes when they are decoded.
    /// </summary>
    public int PrefetchEvents { get; init; } = 200_000;

    /// <summary>Inbound records of one step at most.</summary>
    public int StepRecords { get; init; } = 20_000;

    /// <summary>Inbound events of one step at most (the record that exceeds it is still taken whole).</summary>
    public int StepEvents { get; init; } = 50_000;

    /// <summary>Outbound bytes of one step at most (as above).</summary>
    public long StepBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Events of one outbound record at most.</summary>
    public int EventsPerRecord { get; init; } = 1_000;

    /// <summary>Journal records read ahead at most; reading waits when it is full.</summary>
    public int JournalRecords { get; init; } = 10_000;

    /// <summary>A standby that is more journal records behind gives up its znode and rejoins at the end.</summary>
    public long StandbyBehind { get; init; } = 5_000;

    /// <summary>A commit starts this long after the last one ended, so that a batch can gather.</summary>
    public TimeSpan CommitLinger { get; init; } = TimeSpan.FromMilliseconds(3);

    /// <summary>A commit that takes longer has no clear end.</summary>
    public TimeSpan CommitTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>An idle active writes a tick this often, so that its silence means something.</summary>
    public TimeSpan IdleTick { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The journal carries a state digest at least this often.</summary>
    public TimeSpan DigestInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A standby writes a snapshot this often, when anything was applied.</summary>
    public TimeSpan SnapshotInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>An active without any standby writes a snapshot this often, between two steps; on in-memory brokers as often as a standby.</summary>
    public TimeSpan LoneSnapshotInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Snapshots kept on disk.</summary>
    public int SnapshotsKept { get; init; } = 3;

    /// <summary>Journal records kept below the oldest snapshot at least; older ones are deleted.</summary>
    public long JournalKept { get; init; } = 100_000;

    /// <summary>Wait between two tries at something out of reach.</summary>
    public TimeSpan RetryWait { get; init; } = TimeSpan.FromMilliseconds(500);
}
