namespace Lockstep.TestKit.Proxies;

/// <summary>
/// Listeners of brokers that are reached through a <see cref="FaultProxy"/> only: each advertises the proxy's port, so that a
/// client which begins with the proxy stays behind it.
/// </summary>
internal sealed class BrokerNetworks : IAsyncDisposable
{
    private readonly IReadOnlyList<IReadOnlyList<(int Port, int Target)>> _routes;

    public BrokerNetworks(int networks, int brokers)
    {
        _routes = [.. Enumerable.Range(0, networks).Select(_ =>
            (IReadOnlyList<(int, int)>)[.. FreePorts.Next(brokers).Zip(FreePorts.Next(brokers))])];
        Proxies = [.. _routes.Select(FaultProxy.StartKafka)];
    }

    public IReadOnlyList<FaultProxy> Proxies { get; }

    /// <summary>Adds the listeners to a broker's properties; last of all, since it repeats the ones that are there.</summary>
    public void AddTo(Dictionary<string, string> properties, int broker)
    {
        if (_routes.Count == 0)
        {
            return;
        }

        var own = properties["listeners"].Split(',').Where(l => !l.StartsWith("CONTROLLER:", StringComparison.Ordinal));
        properties["advertised.listeners"] = string.Join(',', own.Concat(_routes.Select((r, i) => Listener(i, r[broker].Port))));
        properties["listeners"] = string.Join(',', _routes.Select((r, i) => Listener(i, r[broker].Target)).Prepend(properties["listeners"]));
        var map = properties.GetValueOrDefault("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT");
        properties["listener.security.protocol.map"] = string.Join(',', _routes.Select((_, i) => $"NET{i}:PLAINTEXT").Prepend(map));
        for (var i = 0; i < _routes.Count; i++)
        {
            properties[$"listener.name.net{i}.num.network.threads"] = "1";
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in Proxies)
        {
            await proxy.DisposeAsync();
        }
    }

    private static string Listener(int network, int port) => $"NET{network}://127.0.0.1:{port}";
}
