using Lockstep.Contracts.Events;
using Lockstep.Engine.Functions;

namespace Lockstep.Engine.Windows.Functional;

/// <summary>Runs the event loops of a functional window for the event that its frame is at.</summary>
internal sealed class LoopRunner(Schema schema, FunctionalModel model, FunctionFrame frame)
{
    /// <summary>Parts that one loop takes of one event; further ones are left out.</summary>
    public const int PartsMax = 100_000;

    /// <summary>The plain event: one row, set before <see cref="Run"/>.</summary>
    public EventBlock Plain { get; } = new(schema, 1);

    /// <summary>Appends the events of all loops.</summary>
    /// <param name="target">Takes them.</param>
    /// <param name="opcode">Gives the opcode of the event at hand; null for none, then the event is left out.</param>
    /// <param name="flags">Their flags.</param>
    /// <returns>False when parts were left out.</returns>
    public bool Run(EventBlock target, Func<Opcode?> opcode, EventFlags flags)
    {
        var isComplete = true;
        foreach (var loop in model.Loops)
        {
            var left = PartsMax;
            foreach (var part in loop.Parts.Of(loop.Use.Evaluate(frame), frame))
            {
                if (left-- == 0)
                {
                    isComplete = false;
                    break;
                }

                isComplete &= RunPart(loop, part, target, opcode, flags);
            }
        }

        return isComplete;
    }

    private bool RunPart(FunctionalLoop loop, Variant part, EventBlock target, Func<Opcode?> opcode, EventFlags flags)
    {
        frame.SetProperty(loop.Context, part);
        if (loop.DataSlot >= 0)
        {
            frame.SetResult(loop.DataSlot, part.Context is { } held ? Variant.Of(new LazyText(held)) : part);
        }

        frame.ResetProperties(loop.Properties.From, loop.Properties.To);
        foreach (var function in loop.Functions)
        {
            frame.SetResult(function.Slot, function.Node.Evaluate(frame));
        }

        if (opcode() is not { } code)
        {
            return false;
        }

        for (var i = 0; i < loop.Fields.Length; i++)
        {
            if (loop.Fields[i] >= 0)
            {
                FieldValues.Append(target.Columns[i], frame.Result(loop.Fields[i]));
            }
            else
            {
                target.Columns[i].AppendFrom(Plain.Columns[i], 0);
            }
        }

        target.Append(code, flags);
        return true;
    }
}
