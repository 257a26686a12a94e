using Lockstep.Failover.Simulation.Conformance;

namespace Lockstep.Failover.Tests.Simulation;

/// <summary>
/// Goal: the simulated bus and ensemble do what the real ones do. Method: the scripts that Connectors.Tests runs on real servers,
/// with the same expectations, on many seeds.
/// </summary>
public sealed class ConformanceTests
{
    private const int Seeds = 200;

    public static TheoryData<string> OnBus => [.. BusScripts.Names];

    public static TheoryData<string> OnEnsemble => [.. EnsembleScripts.Names];

    [Theory]
    [MemberData(nameof(OnBus))]
    public void A_script_says_the_same_on_the_simulated_bus(string script)
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var (said, must) = SimulatedScripts.OnBus(script, seed);
            Assert.True(said == must, $"seed {seed}: {said}, must be {must}");
        }
    }

    [Theory]
    [MemberData(nameof(OnEnsemble))]
    public void A_script_says_the_same_on_the_simulated_ensemble(string script)
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var (said, must) = SimulatedScripts.OnEnsemble(script, seed);
            Assert.True(said == must, $"seed {seed}: {said}, must be {must}");
        }
    }
}
