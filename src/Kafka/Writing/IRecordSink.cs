namespace Lockstep.Kafka.Writing;

/// <summary>
/// Writes transactions to partition 0 of some topics: <see cref="DirectSink"/> with the own protocol client,
/// <see cref="ClientSink"/> with librdkafka for what the own one can't speak. One thread owns it. The words are those of
/// <see cref="TransactionalProducer"/>.
/// </summary>
internal interface IRecordSink : IDisposable
{
    void WarmUp(IReadOnlyCollection<string> topics, TimeSpan timeout);

    TransactionResult InitTransactions(TimeSpan timeout);

    TransactionResult Take(FenceResult.Fenced fenced, TimeSpan timeout);

    TransactionResult Begin();

    void Send(string topic, byte[]? value, byte[]? key, IReadOnlyList<KafkaHeader>? headers);

    void Send(string topic, ReadOnlySpan<byte> value, string headerName, ReadOnlySpan<byte> header);

    TransactionResult Commit(TimeSpan timeout);

    TransactionResult Abort(TimeSpan timeout);

    void Prepare();

    void Poll();

    /// <summary>From any thread: what is being waited for is given up soon.</summary>
    void Interrupt();
}
