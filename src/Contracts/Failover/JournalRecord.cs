using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Lockstep.Contracts.Failover;

/// <summary>What a commit was for.</summary>
public enum JournalRecordKind
{
    /// <summary>Inbound records were applied.</summary>
    Step,

    /// <summary>Only time passed.</summary>
    Tick,

    /// <summary>First commit of a new active; may hold a first step too.</summary>
    EpochStart,

    /// <summary>Last commit of an active that gives over on purpose.</summary>
    Handover,
}

/// <summary>
/// Inbound records applied in one go, both ends inside. A run that ends right before it begins holds nothing: an epoch start
/// says with such runs where each inbound topic goes on.
/// </summary>
/// <param name="TopicIndex">Index of the inbound topic in the order of the model, from 0.</param>
/// <param name="FirstOffset">Offset of the first.</param>
/// <param name="LastOffset">Offset of the last; offsets between that hold no record are skipped by every reader alike.</param>
public readonly record struct InboundRun(int TopicIndex, long FirstOffset, long LastOffset);

/// <summary>How far one outbound topic has got.</summary>
/// <param name="TopicIndex">Index of the outbound topic in the order of the model, from 0.</param>
/// <param name="LastQ">Records ever written to it, this commit included.</param>
public readonly record struct OutboundPosition(int TopicIndex, long LastQ);

/// <summary>The topics of a version of a model; their places are the indexes in runs and outputs.</summary>
/// <param name="Inbound">Names of the inbound topics.</param>
/// <param name="Outbound">Names of the outbound topics.</param>
public sealed record JournalTopics(ImmutableArray<string> Inbound, ImmutableArray<string> Outbound);

/// <summary>
/// One record of the journal: one commit of the active, the only truth about what has happened (docs/failover.md).
/// Members that apply the same records have the same state.
/// </summary>
public sealed record JournalRecord
{
    /// <summary>Epoch of the active that wrote it.</summary>
    public required Epoch Epoch { get; init; }

    /// <summary>Grows by one a record over all epochs, from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>Name of the member that wrote it.</summary>
    public required string Member { get; init; }

    /// <summary>SHA-256 of the model's canonical form, lower-case hex.</summary>
    public required string ModelDigest { get; init; }

    /// <summary>The time of the step in microseconds since 1970 UTC; never smaller than the record before.</summary>
    public required long StreamTime { get; init; }

    /// <summary>What it was for.</summary>
    public required JournalRecordKind Kind { get; init; }

    /// <summary>The inbound records of this step in the order in which they were applied.</summary>
    public ImmutableArray<InboundRun> Runs { get; init; } = [];

    /// <summary>Every outbound topic's position after this commit.</summary>
    public ImmutableArray<OutboundPosition> Outputs { get; init; } = [];

    /// <summary>
    /// True: members that follow apply something: a step or a tick, an epoch start with a first step in it, a handover with a last one.
    /// </summary>
    [JsonIgnore]
    public bool ChangesState => Kind is JournalRecordKind.Step or JournalRecordKind.Tick
        || Runs.Any(run => run.LastOffset >= run.FirstOffset);

    /// <summary>Hash of all window state after this step; null when not taken.</summary>
    public ulong? StateDigest { get; init; }

    /// <summary>For a handover: the member meant to go on; null for whoever is next.</summary>
    public string? HandoverTo { get; init; }

    /// <summary>For a handover to another version: digest of the model that goes on; null for the same.</summary>
    public string? HandoverDigest { get; init; }

    /// <summary>For an epoch start: true when its version was not handed over to, but took the group back.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TakenBack { get; init; }

    /// <summary>For an epoch start: the topics that indexes of this epoch mean; null in journals that do not say.</summary>
    public JournalTopics? Topics { get; init; }
}
