using Lockstep.Connectors.Kafka;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>The thread of a producer ends at any moment without harm to who ends it.</summary>
public sealed class ProducerThreadTests
{
    [Fact]
    public async Task It_can_be_abandoned_while_it_works_by_several_at_once()
    {
        // Nobody listens there; nothing connects before the first transaction.
        var bus = new KafkaBusOptions { BootstrapServers = "127.0.0.1:9" };
        for (var round = 0; round < 300; round++)
        {
            var thread = new ProducerThread(new TransactionalProducer(bus, "t", TimeProvider.System, NullLogger.Instance));
            using var began = new ManualResetEventSlim();
            thread.Post(_ => began.Set());
            began.Wait(TestContext.Current.CancellationToken);
            await Task.WhenAll(
                Task.Run(thread.Abandon, TestContext.Current.CancellationToken),
                Task.Run(() => thread.Post(_ => { }), TestContext.Current.CancellationToken),
                Task.Run(thread.Abandon, TestContext.Current.CancellationToken));
        }
    }
}
