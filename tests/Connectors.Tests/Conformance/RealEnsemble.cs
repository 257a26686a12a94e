using System.Collections.Concurrent;
using System.Globalization;
using Lockstep.Failover.Simulation.Conformance;
using Lockstep.TestKit;
using Lockstep.TestKit.Proxies;
using Lockstep.ZooKeeper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Connectors.Tests.Conformance;

/// <summary>A real ZooKeeper server as an ensemble for scripts, each session over a proxy of its own.</summary>
internal sealed class RealEnsemble(int port) : IScriptedEnsemble, IAsyncDisposable
{
    private readonly string _parent = "/script-" + Guid.NewGuid().ToString("N");
    private readonly List<IAsyncDisposable> _owned = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async Task<IScriptedSession> ConnectAsync()
    {
        var proxy = FaultProxy.Start(port);
        _owned.Add(proxy);
        var options = new ZooKeeperOptions { ConnectString = proxy.Addresses, SessionTimeout = TimeSpan.FromSeconds(2) };
        var client = ZooKeeperClient.Start(options, TimeProvider.System, NullLogger.Instance);
        _owned.Add(client);
        await client.WaitConnectedAsync(Ct);
        await client.EnsurePathAsync(_parent, cancellationToken: Ct);
        return new Session(_parent, port, client, proxy);
    }

    public Task UntilAsync(Func<Task<bool>> holds) => Eventually.TrueAsync(holds);

    public async ValueTask DisposeAsync()
    {
        foreach (var owned in Enumerable.Reverse(_owned))
        {
            await owned.DisposeAsync();
        }
    }

    private sealed class Session(string parent, int port, ZooKeeperClient client, FaultProxy proxy) : IScriptedSession
    {
        private const string Prefix = "n_";
        private readonly ConcurrentQueue<string> _told = new();

        public IReadOnlyList<string> Told => [.. _told];

        public async Task<string> CreateAsync()
        {
            try
            {
                var made = await client.CreateAsync(
                    $"{parent}/{Prefix}", mode: CreateMode.EphemeralSequential, cancellationToken: Ct);
                return NumberOf(made.Path[(parent.Length + 1)..]);
            }
            catch (ZooKeeperException lost) when (lost.IsTransient)
            {
                return "lost";
            }
        }

        public Task DeleteAsync(string number) => client.DeleteAsync(PathOf(number), cancellationToken: Ct);

        public async Task<bool> WatchAsync(string number)
        {
            await client.SyncAsync(parent, Ct);
            return await client.ExistsAsync(PathOf(number), _ => _told.Enqueue(number), Ct) is not null;
        }

        public async Task<string> ListAsync() => string.Join(' ', (await ReadAsync()).Select(NumberOf));

        public async Task<string> ListOwnAsync()
        {
            var own = new List<string>();
            foreach (var name in await ReadAsync())
            {
                if ((await client.ExistsAsync($"{parent}/{name}", cancellationToken: Ct))?.EphemeralOwner == client.SessionId)
                {
                    own.Add(NumberOf(name));
                }
            }

            return string.Join(' ', own);
        }

        public void Cut(bool answersOnly)
        {
            if (answersOnly)
            {
                proxy.ToClients = DirectionFaults.None with { Cut = TestKit.Proxies.Cut.Swallowed };
            }
            else
            {
                proxy.CutOff(TestKit.Proxies.Cut.Swallowed);
            }
        }

        public void Heal()
        {
            proxy.Heal();
            proxy.ResetAll();
        }

        public async Task CloseFromOutsideAsync() => Assert.True(await ZooKeeperClient.CloseSessionAsync(
            new ZooKeeperOptions { ConnectString = $"127.0.0.1:{port}", SessionTimeout = TimeSpan.FromSeconds(2) },
            client.SessionId, client.SessionPassword, Ct));

        public async Task CloseAsync() => await client.DisposeAsync();

        private async Task<IEnumerable<string>> ReadAsync()
        {
            await client.WaitConnectedAsync(Ct);
            await client.SyncAsync(parent, Ct);
            return (await client.GetChildrenAsync(parent, null, Ct)).Names.Order(StringComparer.Ordinal);
        }

        private static string NumberOf(string name) =>
            int.Parse(name.AsSpan(Prefix.Length), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);

        private string PathOf(string number) => $"{parent}/{Prefix}{number.PadLeft(10, '0')}";
    }
}
