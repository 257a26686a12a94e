using Lockstep.TestKit;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>One real broker and one real ZooKeeper for all tests of the collection.</summary>
public sealed class FailoverCluster : IAsyncLifetime
{
    internal const string Name = "failover cluster";

    internal KafkaCluster Kafka { get; private set; } = null!;

    internal string ZooKeeper => Kafka.ZooKeeper!.ConnectString;

    public async ValueTask InitializeAsync() =>
        Kafka = await KafkaCluster.StartAsync(new KafkaClusterOptions { Mode = KafkaMode.Kraft, WithZooKeeper = true, Networks = 2 });

    public async ValueTask DisposeAsync() => await Kafka.DisposeAsync();
}

[CollectionDefinition(FailoverCluster.Name)]
public sealed class FailoverClusterTests : ICollectionFixture<FailoverCluster>;
