using Lockstep.Contracts.Events;

namespace Lockstep.Engine.Execution;

/// <summary>Narrows what leaves a window by its attributes.</summary>
internal abstract class OutputShaper
{
    /// <summary>The events that leave; the block is reused at the next call.</summary>
    public abstract EventBlock Shape(EventBlock output);
}
