namespace Lockstep.Kafka;

/// <summary>How a transaction call ended.</summary>
public enum TransactionOutcome
{
    /// <summary>It took effect: initialized, committed or aborted.</summary>
    Done,

    /// <summary>Another producer holds the transactional id: nothing of this one will ever be committed again.</summary>
    Fenced,

    /// <summary>
    /// Nobody can say whether it took effect. Never abort and send again: dispose the producer, fence, read the journal.
    /// </summary>
    Unclear,

    /// <summary>Will not pass by itself (rights, settings, sizes); nothing was committed by this call.</summary>
    Fatal,
}

/// <summary>End of a transaction call.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Code">The client's error code; empty when done.</param>
/// <param name="Reason">What the client or broker said; empty when done.</param>
public sealed record TransactionResult(TransactionOutcome Outcome, string Code, string Reason)
{
    /// <summary>The good end.</summary>
    public static readonly TransactionResult Done = new(TransactionOutcome.Done, "", "");

    /// <summary>True: it took effect.</summary>
    public bool IsDone => Outcome == TransactionOutcome.Done;

    internal static TransactionResult Of(KafkaFault fault) => new(
        fault.Kind switch
        {
            KafkaFaultKind.Fenced => TransactionOutcome.Fenced,
            KafkaFaultKind.Fatal => TransactionOutcome.Fatal,
            _ => TransactionOutcome.Unclear,
        },
        fault.Code,
        fault.Reason);
}
