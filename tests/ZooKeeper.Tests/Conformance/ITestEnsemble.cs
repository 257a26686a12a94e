using Lockstep.LocalCluster.ZooKeeper;
using Lockstep.TestKit;
using Lockstep.ZooKeeper.Tests.Conformance;

[assembly: AssemblyFixture(typeof(RealEnsemble))]
[assembly: AssemblyFixture(typeof(InMemoryEnsemble))]

namespace Lockstep.ZooKeeper.Tests.Conformance;

/// <summary>A server that the conformance suite runs against; shared by all of its tests, each under a path of its own.</summary>
public interface ITestEnsemble
{
    string ConnectString { get; }
}

/// <summary>A real server with the ticks that the product's own ensembles have.</summary>
public sealed class RealEnsemble : ITestEnsemble, IAsyncLifetime
{
    private ZooKeeperServer? _server;

    public string ConnectString => _server!.ConnectString;

    public async ValueTask InitializeAsync() => _server = await ZooKeeperServer.StartAsync(new ZooKeeperServerOptions
    {
        TickTimeMs = 500,
        SystemProperties = ["znode.container.checkIntervalMs=100"],
    });

    public ValueTask DisposeAsync() => _server!.DisposeAsync();
}

/// <summary>The in-memory server with the same ticks.</summary>
public sealed class InMemoryEnsemble : ITestEnsemble, IAsyncDisposable
{
    private readonly InMemoryZooKeeper _server = InMemoryZooKeeper.Start(0, TimeSpan.FromMilliseconds(500));

    public string ConnectString => _server.ConnectString;

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
