using Lockstep.Connectors.Kafka;
using Lockstep.Kafka;
using Lockstep.Kafka.Writing;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>The thread of a producer ends at any moment without harm to who ends it.</summary>
public sealed class ProducerThreadTests
{
    [Fact]
    public async Task The_producer_lives_until_who_abandons_it_is_done_with_it()
    {
        using var sink = new SlowSink();
        var thread = new ProducerThread(new TransactionalProducer("t", sink));
        using var began = new ManualResetEventSlim();
        thread.Post(_ => began.Set());
        began.Wait(TestContext.Current.CancellationToken);

        // Two at once: who is fenced and who stops may both give it up.
        await Task.WhenAll(
            Task.Run(thread.Abandon, TestContext.Current.CancellationToken),
            Task.Run(thread.Abandon, TestContext.Current.CancellationToken));

        Assert.True(sink.Disposed.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.Equal(1, sink.Interrupts);
        Assert.False(sink.DisposedMeanwhile);
    }

    /// <summary>Takes its time to be interrupted, and says whether it was disposed of in it.</summary>
    private sealed class SlowSink : IRecordSink
    {
        private static readonly TimeSpan Slowness = TimeSpan.FromMilliseconds(300);

        public ManualResetEventSlim Disposed { get; } = new();

        public int Interrupts { get; private set; }

        public bool DisposedMeanwhile { get; private set; }

        public void Interrupt()
        {
            Interrupts++;
            DisposedMeanwhile |= Disposed.Wait(Slowness);
        }

        public void Dispose() => Disposed.Set();

        public void Prepare()
        {
        }

        public void Poll()
        {
        }

        public void WarmUp(IReadOnlyCollection<string> topics, TimeSpan timeout) => throw new NotSupportedException();

        public TransactionResult InitTransactions(TimeSpan timeout) => throw new NotSupportedException();

        public TransactionResult Take(FenceResult.Fenced fenced, TimeSpan timeout) => throw new NotSupportedException();

        public TransactionResult Begin() => throw new NotSupportedException();

        public void Send(string topic, byte[]? value, byte[]? key, IReadOnlyList<KafkaHeader>? headers) =>
            throw new NotSupportedException();

        public void Send(string topic, ReadOnlySpan<byte> value, string headerName, ReadOnlySpan<byte> header) =>
            throw new NotSupportedException();

        public TransactionResult Commit(TimeSpan timeout) => throw new NotSupportedException();

        public TransactionResult Abort(TimeSpan timeout) => throw new NotSupportedException();
    }
}
