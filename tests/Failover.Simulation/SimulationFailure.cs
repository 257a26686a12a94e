namespace Lockstep.Failover.Simulation;

/// <summary>Something does not hold that must: F1 to F5, liveness, or a defect of the machine or of the simulation.</summary>
internal sealed class SimulationFailure(string rule, string what, Exception? inner = null) : Exception($"{rule}: {what}", inner)
{
    /// <summary>What does not hold: <c>F1</c> to <c>F5</c>, <c>liveness</c>, <c>defect</c>.</summary>
    public string Rule { get; } = rule;
}
