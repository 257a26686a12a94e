using Lockstep.Contracts.Events;
using Lockstep.Engine.Expressions;

namespace Lockstep.Engine.Windows.Compute;

/// <summary>A field computed by an expression, converted to the storage type of the field.</summary>
internal sealed class ComputedField<T>(Func<Frame, T?> evaluate, bool isPure) : FieldWriter
    where T : struct
{
    /// <inheritdoc/>
    public override bool IsPure => isPure;

    /// <inheritdoc/>
    public override void Write(EventBlock input, Frame frame, Column target) => Append((Column<T>)target, evaluate(frame));

    /// <inheritdoc/>
    public override void WriteAll(EventBlock input, Frame frame, Column target)
    {
        var typed = (Column<T>)target;
        for (var row = 0; row < input.Count; row++)
        {
            frame.MoveTo(row);
            Append(typed, evaluate(frame));
        }
    }

    private static void Append(Column<T> target, T? value)
    {
        if (value.HasValue)
        {
            target.Append(value.GetValueOrDefault());
        }
        else
        {
            target.AppendNull();
        }
    }
}
