using Lockstep.Connectors.Tests.Kafka;
using Lockstep.Failover.Simulation.Conformance;

namespace Lockstep.Connectors.Tests.Conformance;

/// <summary>
/// Goal: real brokers and a real ensemble do what the simulated ones do. Method: the scripts that Failover.Tests runs on the
/// simulation, with the same expectations.
/// </summary>
[Collection(FailoverCluster.Name)]
public sealed class ConformanceTests(FailoverCluster cluster)
{
    public static TheoryData<string> OnBus => [.. BusScripts.Names];

    public static TheoryData<string> OnEnsemble => [.. EnsembleScripts.Names];

    [Theory]
    [MemberData(nameof(OnBus))]
    public async Task A_script_says_the_same_on_real_brokers(string script)
    {
        await using var bus = await RealBus.StartAsync(cluster.Kafka.Bus);
        var (said, must) = await BusScripts.RunAsync(script, bus);
        Assert.Equal(must, said);
    }

    [Theory]
    [MemberData(nameof(OnEnsemble))]
    public async Task A_script_says_the_same_on_a_real_ensemble(string script)
    {
        await using var ensemble = new RealEnsemble(cluster.Kafka.ZooKeeper!.Port);
        var (said, must) = await EnsembleScripts.RunAsync(script, ensemble);
        Assert.Equal(must, said);
    }
}
