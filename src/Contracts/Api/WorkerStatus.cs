using Lockstep.Contracts.Failover;

namespace Lockstep.Contracts.Api;

/// <summary>How a worker process is.</summary>
public enum MemberState
{
    /// <summary>No process yet, or it has not reported.</summary>
    Starting,

    /// <summary>Works.</summary>
    Running,

    /// <summary>Works, but something is out of reach or behind; the reason says what.</summary>
    Degraded,

    /// <summary>Ended on purpose.</summary>
    Stopped,

    /// <summary>Has died and waits to be started again.</summary>
    Restarting,

    /// <summary>Given up; the reason says why.</summary>
    Failed,
}

/// <summary>What an output member knows of continuity: every record of the outbound topic is judged by its q.</summary>
/// <param name="Lost">Missing q since deploy.</param>
/// <param name="Duplicated">Repeated q since deploy (dropped, never written twice).</param>
/// <param name="LastQ">Last q written; 0 for none.</param>
/// <param name="LastId">Message id of the last record written; empty for none.</param>
/// <param name="Rows">Rows in the file.</param>
public sealed record Ledger(long Lost, long Duplicated, long LastQ, string LastId, long Rows)
{
    /// <summary>The outbound topic; empty for unknown.</summary>
    public string Topic { get; init; } = "";

    /// <summary>What was lost or came twice, oldest first; the newest 100.</summary>
    public IReadOnlyList<LedgerGap> Gaps { get; init; } = [];
}

/// <summary>
/// What a worker says about itself: on GET /status, and every 250 ms and at each change of role through its manager's hub.
/// </summary>
public sealed record WorkerStatus
{
    /// <summary>Deployed group; empty when run without a manager.</summary>
    public required string Group { get; init; }

    /// <summary>Member name: input-1, engine-a, output-1.</summary>
    public required string Member { get; init; }

    /// <summary>Project it runs.</summary>
    public required string Project { get; init; }

    /// <summary>Process id.</summary>
    public required int Pid { get; init; }

    /// <summary>A value made once a process.</summary>
    public required string Incarnation { get; init; }

    /// <summary>When the process started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When this was observed.</summary>
    public required DateTimeOffset ObservedAt { get; init; }

    /// <summary>How the process is.</summary>
    public required MemberState State { get; init; }

    /// <summary>Its role; null for a member without election (an output).</summary>
    public MemberRole? Role { get; init; }

    /// <summary>Why it is degraded, recovering or failed, as a sentence; null when there is nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>Full path of its znode; null for none.</summary>
    public string? Znode { get; init; }

    /// <summary>Full path of the znode it watches; null for none.</summary>
    public string? WatchedZnode { get; init; }

    /// <summary>Epoch it writes, or the last it has seen.</summary>
    public long Epoch { get; init; }

    /// <summary>
    /// How far it has got: engine: last applied inbound offset + 1 of topic 0; input: byte offset in the file;
    /// output: next offset of the outbound topic.
    /// </summary>
    public long Position { get; init; }

    /// <summary>Events or records not yet done: engine active: inbound records unread; standby: journal records not applied; output: records unread.</summary>
    public long Behind { get; init; }

    /// <summary>Last applied journal sequence; 0 for members without journal.</summary>
    public long JournalSequence { get; init; }

    /// <summary>State digest at <see cref="DigestSequence"/>, hex; null for none.</summary>
    public string? StateDigest { get; init; }

    /// <summary>Journal sequence of <see cref="StateDigest"/>.</summary>
    public long DigestSequence { get; init; }

    /// <summary>False when a digest differed from the journal's: this member has diverged.</summary>
    public bool DigestAgrees { get; init; } = true;

    /// <summary>What a person should look at although the member goes on, by code.</summary>
    public IReadOnlyList<Alarm> Alarms { get; init; } = [];

    /// <summary>Its newest snapshot; null for none, and for members that keep none.</summary>
    public SnapshotResource? Snapshot { get; init; }

    /// <summary>Digest of the model, hex.</summary>
    public string ModelDigest { get; init; } = "";

    /// <summary>Version of the project, or empty.</summary>
    public string Version { get; init; } = "";

    /// <summary>Base address of its endpoints.</summary>
    public string Address { get; init; } = "";

    /// <summary>Events read since the process started.</summary>
    public long EventsIn { get; init; }

    /// <summary>Events written (committed) since the process started.</summary>
    public long EventsOut { get; init; }

    /// <summary>Inbound records that could not be decoded and went to the dead letter topic, since the process started.</summary>
    public long DeadLetters { get; init; }

    /// <summary>Median of the last 100 commits, milliseconds; 0 when it commits nothing.</summary>
    public double CommitMs { get; init; }

    /// <summary>What a shadow of another version knows; null for others.</summary>
    public ShadowResource? Shadow { get; init; }

    /// <summary>An output member's ledger; null for others.</summary>
    public Ledger? Ledger { get; init; }

    /// <summary>How the newest takeover of this member went or goes; null: it has not taken over since its start.</summary>
    public TakeoverPhases? Takeover { get; init; }

    /// <summary>Kafka brokers reachable as far as this member knows.</summary>
    public bool KafkaReachable { get; init; }

    /// <summary>ZooKeeper session alive; true for a member that needs none.</summary>
    public bool ZooKeeperReachable { get; init; }
}
