using Lockstep.Contracts.Events;
using Lockstep.Engine.Expressions;

namespace Lockstep.Engine.Windows.Compute;

/// <summary>Writes one output field: for one event, or for a whole block where that is the same.</summary>
internal abstract class FieldWriter
{
    /// <summary>True when the field depends on the event alone and can be written a block at a time.</summary>
    public abstract bool IsPure { get; }

    /// <summary>Appends the value for the event the frame stands at.</summary>
    public abstract void Write(EventBlock input, Frame frame, Column target);

    /// <summary>Appends the values for all events of the block the frame is bound to.</summary>
    public virtual void WriteAll(EventBlock input, Frame frame, Column target)
    {
        for (var row = 0; row < input.Count; row++)
        {
            frame.MoveTo(row);
            Write(input, frame, target);
        }
    }
}
