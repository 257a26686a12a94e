namespace Lockstep.Kafka;

/// <summary>End of <see cref="TransactionFence.FenceAsync"/>: exactly one of the three nested records.</summary>
public abstract record FenceResult
{
    private FenceResult()
    {
    }

    /// <summary>
    /// Whoever held the transactional id before is fenced, and its open transaction has ended (aborted, or committed if its
    /// commit had been prepared). <see cref="TransactionalProducer.Take"/> goes on under the identity.
    /// </summary>
    /// <param name="ProducerId">The producer id the coordinator gave.</param>
    /// <param name="Epoch">Its epoch.</param>
    /// <param name="Attempts">How often InitProducerId was asked.</param>
    /// <param name="Took">From the call to the answer.</param>
    public sealed record Fenced(long ProducerId, short Epoch, int Attempts, TimeSpan Took) : FenceResult;

    /// <summary>
    /// This client can't speak the cluster's security or protocol. Fall back on
    /// <see cref="TransactionalProducer.InitTransactions"/> (which takes 0.5 to 1 s after a crash) and say so; asking again is useless.
    /// </summary>
    /// <param name="Reason">What is not supported.</param>
    public sealed record Unsupported(string Reason) : FenceResult;

    /// <summary>Not fenced within the time-out, or refused.</summary>
    /// <param name="Fault">The last error.</param>
    public sealed record Failed(KafkaFault Fault) : FenceResult;
}
