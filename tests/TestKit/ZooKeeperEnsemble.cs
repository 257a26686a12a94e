namespace Lockstep.TestKit;

/// <summary>Three real ZooKeeper servers that elect a leader among them; any two of them serve.</summary>
public sealed class ZooKeeperEnsemble : IAsyncDisposable
{
    private const int Count = 3;
    private readonly IReadOnlyList<ZooKeeperServer> _servers;

    private ZooKeeperEnsemble(IReadOnlyList<ZooKeeperServer> servers) => _servers = servers;

    /// <summary>What a client is told: all servers.</summary>
    public string ConnectString => string.Join(',', _servers.Select(s => s.ConnectString));

    /// <summary>The servers.</summary>
    public IReadOnlyList<ZooKeeperServer> Servers => _servers;

    /// <summary>Starts the servers and waits until all serve.</summary>
    /// <param name="tickTimeMs">Their unit of time in milliseconds.</param>
    /// <exception cref="TimeoutException">One did not come up; the message has its output.</exception>
    public static async Task<ZooKeeperEnsemble> StartAsync(int tickTimeMs = 500)
    {
        var settings = Enumerable.Range(1, Count).ToDictionary(
            number => $"server.{number}", _ => $"127.0.0.1:{FreePorts.Next()}:{FreePorts.Next()}");
        var starting = Enumerable.Range(1, Count)
            .Select(number => ZooKeeperServer.StartAsync(
                new ZooKeeperServerOptions { TickTimeMs = tickTimeMs, Number = number, Settings = settings }))
            .ToList();
        try
        {
            return new ZooKeeperEnsemble(await Task.WhenAll(starting));
        }
        catch
        {
            foreach (var started in starting.Where(s => s.IsCompletedSuccessfully))
            {
                await (await started).DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>The server that leads; waits until one does.</summary>
    public async Task<ZooKeeperServer> LeaderAsync()
    {
        ZooKeeperServer? leader = null;
        await Eventually.TrueAsync(async () =>
        {
            foreach (var server in _servers)
            {
                if ((await server.ModeAsync()) == "leader")
                {
                    leader = server;
                }
            }

            return leader is not null;
        });
        return leader!;
    }

    /// <summary>Ends the servers and deletes their data.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }
}
