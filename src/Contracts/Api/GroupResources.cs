using Lockstep.Contracts.Failover;

namespace Lockstep.Contracts.Api;

/// <summary>POST /api/v1/groups: deploys an HA group.</summary>
public sealed record CreateGroupRequest
{
    /// <summary>Name, unique: letters, digits, dash, underscore; 1 to 60. Part of znode paths and transactional ids.</summary>
    public required string Name { get; init; }

    /// <summary>Published project.</summary>
    public required string Project { get; init; }

    /// <summary>Its version; null for the latest.</summary>
    public string? Version { get; init; }

    /// <summary>Input members, engine members, output members.</summary>
    public Replicas Replicas { get; init; } = new(2, 2, 1);

    /// <summary>The growing CSV file the inputs read; null for no input members.</summary>
    public string? InputFile { get; init; }

    /// <summary>The CSV file the output writes; null for no output member.</summary>
    public string? OutputFile { get; init; }

    /// <summary>Header lines of the input file.</summary>
    public int InputHeaderLines { get; init; }

    /// <summary>Values for placeholders (@NAME@) of the model.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Marks a group in which destructive acts need its name typed.</summary>
    public bool IsProduction { get; init; }
}

/// <summary>How many members of each kind.</summary>
public sealed record Replicas(int Inputs, int Engines, int Outputs);

/// <summary>An HA group: what was asked for and what is seen.</summary>
public sealed record GroupResource
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>One true sentence about its state.</summary>
    public required string Summary { get; init; }

    /// <summary>Project.</summary>
    public required string Project { get; init; }

    /// <summary>Version of the project.</summary>
    public required string Version { get; init; }

    /// <summary>started or stopped: what was asked for.</summary>
    public required string Desired { get; init; }

    /// <summary>Members: inputs, engines, outputs, each in order of name.</summary>
    public required IReadOnlyList<MemberResource> Members { get; init; }

    /// <summary>Continuity since deploy.</summary>
    public required LedgerResource Ledger { get; init; }

    /// <summary>Can it fail over now.</summary>
    public required ReadinessResource Readiness { get; init; }

    /// <summary>Failovers and switchovers since deploy.</summary>
    public required int Failovers { get; init; }

    /// <summary>Derived topic names: inbound, outbound, journal.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>File the inputs read.</summary>
    public string? InputFile { get; init; }

    /// <summary>File the output writes.</summary>
    public string? OutputFile { get; init; }

    /// <summary>What the group was created with.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The bus it runs on, as a sentence (says when it is in memory and unfenced).</summary>
    public required string Bus { get; init; }

    /// <summary>True for a production group.</summary>
    public bool IsProduction { get; init; }

    /// <summary>What a person should look at although the group goes on: of its topics and brokers, by code.</summary>
    public IReadOnlyList<Alarm> Alarms { get; init; } = [];

    /// <summary>How far back a restarted engine can rebuild, as a sentence; null while not looked at.</summary>
    public string? Rebuild { get; init; }

    /// <summary>The upgrade that is under way; null for none.</summary>
    public UpgradeResource? Upgrade { get; init; }
}

/// <summary>A member as seen.</summary>
/// <param name="Name">input-1, engine-a, output-1.</param>
/// <param name="FailoverGroup">inputs, engines or outputs.</param>
/// <param name="Role">Its role; null for a member without election.</param>
/// <param name="State">How its process is.</param>
/// <param name="Reason">Why, when there is something to say.</param>
/// <param name="Pid">Process id; null for none.</param>
/// <param name="Znode">Its znode; null for none.</param>
/// <param name="WatchedZnode">The znode it watches; null for none.</param>
/// <param name="Position">See <see cref="WorkerStatus.Position"/>.</param>
/// <param name="Behind">See <see cref="WorkerStatus.Behind"/>.</param>
/// <param name="Version">Project version it runs.</param>
/// <param name="Digest">State digest, hex; null for none.</param>
/// <param name="DigestAgrees">False: diverged.</param>
/// <param name="EventsPerSecond">Rate over the last seconds.</param>
/// <param name="Incarnation">How often it was started, from 1; 0 for never.</param>
/// <param name="StartedAt">When this process started; null for none.</param>
/// <param name="Age">Seconds since it was last observed; null for never.</param>
/// <param name="Address">Base address of its endpoints; null for none.</param>
public sealed record MemberResource(
    string Name,
    string FailoverGroup,
    MemberRole? Role,
    MemberState State,
    string? Reason,
    int? Pid,
    string? Znode,
    string? WatchedZnode,
    long Position,
    long Behind,
    string Version,
    string? Digest,
    bool DigestAgrees,
    double EventsPerSecond,
    int Incarnation,
    DateTimeOffset? StartedAt,
    double? Age,
    string? Address)
{
    /// <summary>What a person should look at although the member goes on, by code.</summary>
    public IReadOnlyList<Alarm> Alarms { get; init; } = [];

    /// <summary>Inbound records that could not be decoded and went to the dead letter topic, since the process started.</summary>
    public long DeadLetters { get; init; }
}

/// <summary>Continuity since deploy, from the output member.</summary>
public sealed record LedgerResource(long Lost, long Duplicated, string LastId, long LastQ, long Rows)
{
    /// <summary>The outbound topic that is judged; empty while no output member has reported.</summary>
    public string Topic { get; init; } = "";

    /// <summary>What was lost or came twice, oldest first; the newest 100. Empty while no output member has reported.</summary>
    public IReadOnlyList<LedgerGap> Gaps { get; init; } = [];
}

/// <summary>Can the group fail over now.</summary>
/// <param name="Ready">True when a standby engine could take over at once.</param>
/// <param name="Reasons">Why not; empty when ready.</param>
public sealed record ReadinessResource(bool Ready, IReadOnlyList<string> Reasons)
{
    /// <summary>What would make a failover slower or the group less safe, though it can fail over; sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>All of it as one line.</summary>
    public string Sentence => string.Join(' ', [
        Ready ? "Can fail over now." : "Can't fail over now: " + string.Join(' ', Reasons), .. Notes]);
}

/// <summary>POST /api/v1/groups/{group}/actions/{action}.</summary>
/// <param name="Member">The member it is about; null for the active engine (kill, switchover) or all (start, stop, restart).</param>
public sealed record GroupActionRequest(string? Member = null);

/// <summary>An act and how far it is.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Action">start, stop, switchover, restart or kill.</param>
/// <param name="Group">The group.</param>
/// <param name="Member">The member, or null.</param>
/// <param name="State">running, done or failed.</param>
/// <param name="StartedAt">When.</param>
/// <param name="EndedAt">When it ended; null while it runs.</param>
/// <param name="Actor">Who asked.</param>
/// <param name="Detail">What happened, as a sentence.</param>
public sealed record OperationResource(
    Guid Id, string Action, string Group, string? Member, string State,
    DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string Actor, string Detail);

/// <summary>A change of the active member, seen by the manager.</summary>
/// <param name="Number">From 1 since deploy.</param>
/// <param name="At">When the new active was seen.</param>
/// <param name="FailoverGroup">inputs or engines.</param>
/// <param name="From">Member that was active; null for none.</param>
/// <param name="To">Member that is.</param>
/// <param name="Epoch">Epoch of the new one.</param>
/// <param name="Cause">
/// killed, died, paused (silent, killed by the supervisor), sessionExpired, switchover, drill, emergency (without ZooKeeper),
/// reacquired (the same member under a new epoch) or unknown.
/// </param>
/// <param name="GapMs">Milliseconds between the loss and the first commit as far as known; null if not.</param>
public sealed record FailoverResource(
    int Number, DateTimeOffset At, string FailoverGroup, string? From, string To, long Epoch, string Cause, double? GapMs)
{
    /// <summary>Who asked for it or killed the member; null for nobody.</summary>
    public string? Actor { get; init; }

    /// <summary>clean, broken, quiet, unknown or pending: what the outbound topics say; see the report.</summary>
    public string Verdict { get; init; } = "unknown";

    /// <summary>Longest silence of an outbound topic around the switch, milliseconds; null when not known.</summary>
    public double? SilenceMs { get; init; }
}

/// <summary>One event of an outbound topic.</summary>
/// <param name="Offset">Kafka offset of its record.</param>
/// <param name="Index">Index of the event in its record, from 0.</param>
/// <param name="At">Stream time.</param>
/// <param name="Member">Member that made it.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Q">q of its record.</param>
/// <param name="MessageId">Inbound record it came from.</param>
/// <param name="Text">The event in csv form: opcode, flags, fields.</param>
public sealed record OutputRow(
    long Offset, int Index, DateTimeOffset At, string Member, long Epoch, long Q, string MessageId, string Text);

/// <summary>A topic of the bus.</summary>
public sealed record TopicResource(
    string Name, int Partitions, int Replicas, int InSyncReplicas, long FirstOffset, long LastOffset, long? RetentionMs, string? Leader)
{
    /// <summary>Replicas that must be in sync for a commit (min.insync.replicas); null when not known.</summary>
    public int? MinInSyncReplicas { get; init; }
}

/// <summary>A znode.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Children">Names of its children, sorted.</param>
/// <param name="Text">Data as UTF-8 text.</param>
/// <param name="Hex">Data as hex, at most 4,096 bytes.</param>
/// <param name="OwnerSession">Session of an ephemeral znode, hex; null for a persistent one.</param>
/// <param name="Version">Data version.</param>
/// <param name="CreatedZxid">czxid.</param>
/// <param name="ModifiedAt">mtime.</param>
public sealed record ZnodeResource(
    string Path, IReadOnlyList<string> Children, string Text, string Hex, string? OwnerSession, int Version,
    long CreatedZxid, DateTimeOffset ModifiedAt);

/// <summary>What an act would do: the answer to <c>?dryRun=true</c>.</summary>
/// <param name="Forecast">One sentence.</param>
public sealed record ForecastResource(string Forecast);
