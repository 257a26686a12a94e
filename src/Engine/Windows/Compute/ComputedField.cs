using Lockstep.Contracts.Events;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Expressions.Columns;

namespace Lockstep.Engine.Windows.Compute;

/// <summary>A field computed by an expression, converted to the storage type of the field.</summary>
/// <param name="evaluate">The value for the event the frame stands at.</param>
/// <param name="isPure">True when it depends on the event's fields alone.</param>
/// <param name="columns">The same for many events at once; null when there is no such form.</param>
/// <param name="chunk">Where <paramref name="columns"/> works.</param>
internal sealed class ComputedField<T>(Func<Frame, T?> evaluate, bool isPure, ColumnNode<T>? columns, RowChunk chunk) : FieldWriter
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
        if (columns is not null && input.Count >= RowChunk.RowsMin)
        {
            WriteColumns(columns, input, frame, typed);
            return;
        }

        for (var row = 0; row < input.Count; row++)
        {
            frame.MoveTo(row);
            Append(typed, evaluate(frame));
        }
    }

    private void WriteColumns(ColumnNode<T> values, EventBlock input, Frame frame, Column<T> target)
    {
        for (var start = 0; start < input.Count; start += RowChunk.RowsMax)
        {
            chunk.Take(input, start);
            var first = target.Count;
            var written = target.Extend(chunk.Count);
            values.Values(chunk).CopyTo(written);
            for (var word = 0; word < RowChunk.Words; word++)
            {
                for (var bits = chunk.Doubtful[word]; bits != 0; bits &= bits - 1)
                {
                    var row = RowChunk.Lowest(word, bits);
                    frame.MoveTo(start + row);
                    if (evaluate(frame) is { } value)
                    {
                        written[row] = value;
                    }
                    else
                    {
                        target.SetNull(first + row);
                    }
                }
            }
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
