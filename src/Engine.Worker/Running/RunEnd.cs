using System.Collections.Immutable;

namespace Lockstep.Engine.Worker.Running;

/// <summary>How a run ended.</summary>
/// <param name="Code">The process's exit code.</param>
/// <param name="Reason">As a sentence.</param>
internal sealed record RunEnd(int Code, string Reason)
{
    /// <summary>Everything that went wrong, one line each; what was merely dropped is said with code 0.</summary>
    public ImmutableArray<string> Problems { get; init; } = [];
}
