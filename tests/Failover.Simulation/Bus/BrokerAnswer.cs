using System.Globalization;

namespace Lockstep.Failover.Simulation.Bus;

/// <summary>What a broker answers.</summary>
internal enum BrokerError
{
    None,

    /// <summary>CONCURRENT_TRANSACTIONS: between prepare and complete; ask again.</summary>
    Concurrent,

    /// <summary>PRODUCER_FENCED, INVALID_PRODUCER_EPOCH or INVALID_PRODUCER_ID_MAPPING: somebody else holds the id.</summary>
    Fenced,

    /// <summary>INVALID_TXN_STATE.</summary>
    InvalidState,
}

/// <summary>An answer that may get lost.</summary>
/// <param name="Error">How it went.</param>
/// <param name="Holder">With InitProducerId, and with v2's EndTxn: who writes the next transaction.</param>
internal sealed record BrokerAnswer(BrokerError Error, ProducerIdentity Holder = default);

/// <summary>Who writes: a producer id, and its epoch.</summary>
internal readonly record struct ProducerIdentity(long Id, short Epoch)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id}/{Epoch}");
}
