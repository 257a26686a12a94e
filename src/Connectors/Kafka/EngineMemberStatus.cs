using System.Collections.Immutable;
using Lockstep.Connectors.Kafka.Shadows;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Engine.State.Migration;
using Lockstep.Failover;

namespace Lockstep.Connectors.Kafka;

/// <summary>What a member says about itself; an immutable snapshot, replaced as a whole. The words are those of WorkerStatus.</summary>
public sealed record EngineMemberStatus
{
    /// <summary>Its role.</summary>
    public MemberRole Role { get; init; } = MemberRole.Recovering;

    /// <summary>Why it is recovering, fenced or out of reach, as a sentence; null when there is nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>The failover group.</summary>
    public string Group { get; init; } = "";

    /// <summary>Full path of its znode; null for none.</summary>
    public string? Znode { get; init; }

    /// <summary>Full path of the znode it watches; null for none.</summary>
    public string? WatchedZnode { get; init; }

    /// <summary>How many members stand for election, this one included; 0 for unknown.</summary>
    public int Candidates { get; init; }

    /// <summary>Epoch it writes, or the last it has seen.</summary>
    public long Epoch { get; init; }

    /// <summary>Next inbound offset of topic 0; -1 while unknown.</summary>
    public long Position { get; init; } = -1;

    /// <summary>Active: inbound records unread; else journal records not applied.</summary>
    public long Behind { get; init; }

    /// <summary>Last applied journal sequence.</summary>
    public long JournalSequence { get; init; }

    /// <summary>State digest at <see cref="DigestSequence"/>, hex; null for none.</summary>
    public string? StateDigest { get; init; }

    /// <summary>Journal sequence of <see cref="StateDigest"/>.</summary>
    public long DigestSequence { get; init; }

    /// <summary>False after a digest differed from the journal's, until the member is rebuilt.</summary>
    public bool DigestAgrees { get; init; } = true;

    /// <summary>Inbound events applied since the start of the process.</summary>
    public long EventsIn { get; init; }

    /// <summary>Outbound events committed since the start of the process.</summary>
    public long EventsOut { get; init; }

    /// <summary>Inbound records that could not be decoded, since the start of the process.</summary>
    public long Poisoned { get; init; }

    /// <summary>Records on outbound topics that the audit found repeated, missing or foreign.</summary>
    public long AuditFindings { get; init; }

    /// <summary>Digest of the version that may write; empty: none has yet.</summary>
    public string WritesDigest { get; init; } = "";

    /// <summary>What this member would have written while another version writes; empty for a member that is no shadow.</summary>
    public ImmutableArray<TopicComparison> Comparison { get; init; } = [];

    /// <summary>What becomes of the state of the version before, window by window; empty when none is taken over.</summary>
    public ImmutableArray<WindowMigration> Migration { get; init; } = [];

    /// <summary>Median of the last 100 commits in milliseconds; 0 for none.</summary>
    public double CommitMs { get; init; }

    /// <summary>How the newest takeover went or goes; null for none.</summary>
    public TakeoverPhases? Takeover { get; init; }

    /// <summary>Kafka answers, as far as known.</summary>
    public bool KafkaReachable { get; init; }

    /// <summary>The ZooKeeper session is alive.</summary>
    public bool ZooKeeperReachable { get; init; }

    /// <summary>Its newest snapshot on disk; null for none.</summary>
    public SnapshotResource? Snapshot { get; init; }

    /// <summary>What a person should look at, by code.</summary>
    public ImmutableArray<Alarm> Alarms { get; init; } = [];

    /// <summary>True: the brokers can't fence (in-memory ones); a trial, nothing more.</summary>
    public bool IsUnfenced { get; init; }
}

/// <summary>A change of role.</summary>
/// <param name="From">Before.</param>
/// <param name="To">Now.</param>
/// <param name="Reason">Why.</param>
/// <param name="Epoch">Epoch it writes, or the last it has seen.</param>
/// <param name="MessageId">Last inbound record applied: topic index and offset; empty for none.</param>
public sealed record RoleChange(MemberRole From, MemberRole To, string Reason, long Epoch, string MessageId);

/// <summary>The end of a member.</summary>
/// <param name="Exit">Why.</param>
/// <param name="Reason">As a sentence.</param>
public sealed record EngineMemberEnd(FailoverExit Exit, string Reason);
