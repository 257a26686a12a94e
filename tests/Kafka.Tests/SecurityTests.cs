using Lockstep.TestKit;

namespace Lockstep.Kafka.Tests;

/// <summary>Goal: every client, the fence's own included, speaks TLS and SASL. Method: a real broker that demands both.</summary>
public sealed class SecurityTests
{
    [Fact]
    public async Task Tls_with_each_kind_of_log_in_is_spoken_by_all_clients()
    {
        await using var cluster = await KafkaCluster.StartAsync(new KafkaClusterOptions { Secure = true });
        foreach (var mechanism in new[] { SaslMechanism.Plain, SaslMechanism.ScramSha256, SaslMechanism.ScramSha512 })
        {
            await using var bus = new TestBus(cluster.SecureBus(mechanism));
            await bus.CreateTopicsAsync();
            var fenced = await bus.Fence.FenceAsync(bus.TransactionalId, TestBus.Limit, TestBus.Cancellation);
            Assert.True(fenced is FenceResult.Fenced, $"{mechanism}: {fenced}");
            Assert.Equal(TransactionResult.Done, bus.Step(bus.Producer(), 1));
            Assert.Single(await bus.ReadAllAsync());
            Assert.Equal(BrokerAge.NewEnough, (await BrokerVersion.CheckAsync(bus.Options, TestBus.Cancellation)).Age);
        }

        var right = cluster.SecureBus(SaslMechanism.ScramSha512);
        await using var wrong = new TestBus(right with { Security = right.Security with { Password = "no" } });
        Assert.IsType<FenceResult.Unsupported>(
            await wrong.Fence.FenceAsync("id", TestBus.Limit, TestBus.Cancellation));
        await using var untrusting = new TestBus(right with { Security = right.Security with { CaFile = null } });
        Assert.IsType<FenceResult.Unsupported>(
            await untrusting.Fence.FenceAsync("id", TestBus.Limit, TestBus.Cancellation));
    }
}
