using Lockstep.Contracts.Events;
using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Benchmarks;

/// <summary>Counts events and drops them.</summary>
internal sealed class NullOutput : IWindowOutput
{
    public long Events { get; private set; }

    public void OnBlock(WindowId window, EventBlock block) => Events += block.Count;

    public void OnBadEvent(WindowId window, string message) => throw new InvalidOperationException(message);
}
