using System.Collections.Immutable;
using Lockstep.Contracts.Failover;

namespace Lockstep.Failover;

/// <summary>One record that could not be decoded, for the dead letter topic of its inbound topic.</summary>
/// <param name="TopicIndex">Index of the inbound topic in the order of the model, from 0.</param>
/// <param name="Offset">Its offset there.</param>
/// <param name="Value">Its bytes as they were read.</param>
/// <param name="Reason">Why it could not be decoded.</param>
public sealed record DeadLetter(int TopicIndex, long Offset, ReadOnlyMemory<byte> Value, string Reason)
{
    /// <summary>Its key as it was read; null for none.</summary>
    public ReadOnlyMemory<byte>? Key { get; init; }

    /// <summary>Its headers as they were read.</summary>
    public ImmutableArray<(string Key, ReadOnlyMemory<byte> Value)> Headers { get; init; } = [];
}

/// <summary>All that one transaction writes: the outputs of a step and, last, its journal record.</summary>
/// <param name="Record">The journal record.</param>
/// <param name="Outputs">The outputs in the order in which they were made.</param>
public sealed record JournalCommit(JournalRecord Record, OutboundRecords Outputs)
{
    /// <summary>Inbound records of the step that could not be decoded.</summary>
    public ImmutableArray<DeadLetter> DeadLetters { get; init; } = [];

    /// <summary>True when the engine's state contains it: losing it means to rebuild.</summary>
    public bool ChangesState => Record.ChangesState;

    /// <summary>True: a stamp is of this step, whoever repeated it.</summary>
    /// <param name="stamp">Of a record found on an outbound topic; null for none.</param>
    public bool IsToldOfBy(OutboundStamp? stamp) => stamp is not null && !Outputs.IsEmpty && Outputs[0].StepStamp is var own
        && (stamp.Epoch, stamp.Sequence, stamp.Member) == (own.Epoch, own.Sequence, own.Member);

    /// <summary>This step as the first one of an epoch: one record, one transaction, one sequence.</summary>
    /// <param name="start">The epoch start that it takes the sequence of.</param>
    public JournalCommit Under(JournalRecord start) => this with
    {
        Record = start with
        {
            StreamTime = Record.StreamTime,
            Runs = [.. Record.Runs, .. start.Runs.Where(s => !Record.Runs.Any(r => r.TopicIndex == s.TopicIndex))],
            Outputs = Record.Outputs,
            StateDigest = Record.StateDigest,
        },
    };

    /// <summary>This step as the last one of an active that gives over: one record, one transaction, one sequence.</summary>
    /// <param name="to">Who is meant to go on, or null.</param>
    /// <param name="stateDigest">Hash of the state with this step in it.</param>
    public JournalCommit AsHandover(string? to, ulong? stateDigest) => this with
    {
        Record = Record with { Kind = JournalRecordKind.Handover, HandoverTo = to, StateDigest = stateDigest },
    };

    /// <summary>A handover with a last step in it as the step alone: its active goes on after all.</summary>
    public JournalCommit WithoutHandover() => Record.Kind == JournalRecordKind.Handover
        ? this with { Record = Record with { Kind = JournalRecordKind.Step, HandoverTo = null } }
        : this;

    /// <summary>The same commit without the outputs that the topics hold already.</summary>
    /// <param name="seen">Last q on each outbound topic.</param>
    public JournalCommit Missing(ImmutableArray<long> seen) =>
        seen.IsDefaultOrEmpty ? this : this with { Outputs = Outputs.Above(seen) };
}
