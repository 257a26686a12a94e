namespace Lockstep.Engine.Worker.Running;

/// <summary>How a run ended.</summary>
/// <param name="Code">The process's exit code.</param>
/// <param name="Reason">As a sentence.</param>
internal sealed record RunEnd(int Code, string Reason);
