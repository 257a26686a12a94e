namespace Lockstep.Engine.Execution;

/// <summary>What the engine knows of time: it comes in with each step and never goes back.</summary>
/// <param name="StreamTime">Microseconds since 1970-01-01T00:00:00Z: what every window of the step takes as
/// now.</param>
/// <param name="Epoch">The epoch of the active that decided the step.</param>
/// <param name="Sequence">The step's number in the journal.</param>
public readonly record struct StepTime(long StreamTime, long Epoch, long Sequence);
