using Lockstep.TestKit;

[assembly: AssemblyFixture(typeof(Lockstep.Faults.Tests.Harness.Servers))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Lockstep.Faults.Tests.Harness;

/// <summary>
/// The real servers that all rows share: one cluster a mode and number of brokers, started when the first row asks for it.
/// A row has topics and a group of its own; one that harms the servers has to bring them back before it ends.
/// </summary>
public sealed class Servers : IAsyncDisposable
{
    private readonly Dictionary<(KafkaMode Mode, int Brokers), KafkaCluster> _clusters = [];

    /// <summary>Brokers of a mode with a ZooKeeper beside them, all of which run.</summary>
    /// <param name="mode">Kafka 3.9 in ZooKeeper mode, or 4.</param>
    /// <param name="brokers">1 or 3.</param>
    public async Task<KafkaCluster> GetAsync(KafkaMode mode, int brokers)
    {
        if (!_clusters.TryGetValue((mode, brokers), out var cluster))
        {
            // Servers that no row will ask for again soon would only take the processors' time from the others.
            await DisposeAsync();
            cluster = await KafkaCluster.StartAsync(
                new KafkaClusterOptions { Mode = mode, Brokers = brokers, WithZooKeeper = true, Networks = 2 });
            _clusters.Add((mode, brokers), cluster);
        }

        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in _clusters.Values)
        {
            await cluster.DisposeAsync();
        }

        _clusters.Clear();
    }
}
