using Lockstep.Faults.Tests.Harness;
using Lockstep.TestKit;
using Lockstep.TestKit.Proxies;

namespace Lockstep.Faults.Tests.Networks;

/// <summary>A member's own ways to Kafka and to ZooKeeper.</summary>
internal sealed record Wire(FaultProxy Kafka, FaultProxy ZooKeeper)
{
    public void Heal()
    {
        Kafka.Heal();
        ZooKeeper.Heal();
    }
}

/// <summary>
/// A network with faults for each of the members engine-a and engine-b of a row's group; everybody else goes straight.
/// <code>
/// await using var wires = await Wires.LayAsync(servers, mode);
/// await using var group = await FaultGroup.StartAsync(servers, mode, wires.Options());
/// wires.Of(await group.ActiveAsync()).Kafka.CutOff();
/// </code>
/// </summary>
internal sealed class Wires : IAsyncDisposable
{
    private readonly Dictionary<string, Wire> _wires;
    private readonly int _brokers;

    private Wires(KafkaCluster cluster, int brokers)
    {
        _brokers = brokers;
        _wires = cluster.Networks
            .Select((kafka, i) => (Name: $"engine-{(char)('a' + i)}", Wire: new Wire(kafka, FaultProxy.Start(cluster.ZooKeeper!.Port))))
            .ToDictionary(w => w.Name, w => w.Wire);
        Clear();
    }

    /// <summary>Lays the networks to the servers that the row's group will use.</summary>
    public static async Task<Wires> LayAsync(Servers servers, KafkaMode mode, int brokers = 1) =>
        new(await servers.GetAsync(mode, brokers), brokers);

    /// <summary>Options of a group whose members are behind the networks.</summary>
    public FaultGroupOptions Options(int members = 2, int rate = 1000) => new()
    {
        Brokers = _brokers,
        Members = members,
        Rate = rate,
        Change = (name, options) => _wires.TryGetValue(name, out var wire)
            ? options with { Kafka = wire.Kafka.Addresses, ZooKeeper = wire.ZooKeeper.Addresses }
            : options,
    };

    /// <summary>A member's network.</summary>
    public Wire Of(FaultMember member) => _wires[member.Name];

    public async ValueTask DisposeAsync()
    {
        Clear();
        foreach (var wire in _wires.Values)
        {
            await wire.ZooKeeper.DisposeAsync();
        }
    }

    private void Clear()
    {
        foreach (var wire in _wires.Values)
        {
            wire.Heal();
            wire.Kafka.Kafka.Clear();
        }
    }
}
