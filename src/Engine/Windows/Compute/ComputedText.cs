using Lockstep.Contracts.Events;
using Lockstep.Engine.Expressions;

namespace Lockstep.Engine.Windows.Compute;

/// <summary>A text field computed by an expression.</summary>
internal sealed class ComputedText(Func<Frame, string?> evaluate, bool isPure) : FieldWriter
{
    /// <inheritdoc/>
    public override bool IsPure => isPure;

    /// <inheritdoc/>
    public override void Write(EventBlock input, Frame frame, Column target)
    {
        if (evaluate(frame) is { } text)
        {
            ((Column<string>)target).Append(text);
        }
        else
        {
            target.AppendNull();
        }
    }
}
