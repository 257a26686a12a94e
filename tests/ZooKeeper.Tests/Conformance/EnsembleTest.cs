using System.Collections.Concurrent;
using System.Text;
using Lockstep.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.ZooKeeper.Tests.Conformance;

/// <summary>A test against a server: clients under a chroot of the test's own, disposed at its end.</summary>
public abstract class EnsembleTest(ITestEnsemble ensemble) : IAsyncLifetime
{
    private readonly string _chroot = "/test-" + Guid.NewGuid().ToString("N");
    private readonly ConcurrentBag<ZooKeeperClient> _clients = [];

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected ZooKeeperClient Client { get; private set; } = null!;

    protected ZooKeeperOptions Options => new()
    {
        ConnectString = ensemble.ConnectString + _chroot,
        SessionTimeout = TimeSpan.FromSeconds(6),
    };

    public async ValueTask InitializeAsync()
    {
        await using (ZooKeeperClient root = Start(Options with { ConnectString = ensemble.ConnectString }))
        {
            await root.CreateAsync(_chroot, cancellationToken: Ct);
        }

        Client = await ConnectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ZooKeeperClient client in _clients)
        {
            await client.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected ZooKeeperClient Start(ZooKeeperOptions options)
    {
        ZooKeeperClient client = ZooKeeperClient.Start(options, TimeProvider.System, NullLogger.Instance);
        _clients.Add(client);
        return client;
    }

    protected async Task<ZooKeeperClient> ConnectAsync(ZooKeeperOptions? options = null)
    {
        ZooKeeperClient client = Start(options ?? Options);
        await client.WaitConnectedAsync(Ct);
        return client;
    }

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(DataResult read) => Encoding.UTF8.GetString(read.Data.Span);

    protected static async Task FailsAsync(ErrorCode expected, Task operation)
    {
        ZooKeeperException failed = await Assert.ThrowsAsync<ZooKeeperException>(() => operation.WaitAsync(Ct));
        Assert.Equal(expected, failed.Code);
    }

    /// <summary>Collects what a watch is told.</summary>
    protected sealed class Seen
    {
        private readonly ConcurrentQueue<string> _events = new();

        public IReadOnlyList<string> Events => [.. _events];

        public void Watch(WatchEvent happened) => _events.Enqueue($"{happened.Type} {happened.Path}");

        public async Task IsAsync(params string[] expected)
        {
            await Eventually.TrueAsync(() => _events.Count >= expected.Length, state: () => string.Join(", ", _events));
            Assert.Equal(expected, _events);
        }
    }
}
