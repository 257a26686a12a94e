using Lockstep.Contracts.Events;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Windows.Compute;

namespace Lockstep.Engine.Windows.Pattern;

/// <summary>Makes the events of matches.</summary>
internal abstract class PatternOutput
{
    /// <summary>Appends the match of an instance.</summary>
    public abstract void Write(PatternInstances instances, int slot, EventBlock output, long key, long now);
}

/// <summary>Where the value of an output field comes from.</summary>
/// <param name="Event">The event whose values it sees; -1 for none.</param>
/// <param name="Field">The kept field that is passed on; -1: it is computed.</param>
/// <param name="Writer">Computes it; null: always null, or passed on.</param>
internal sealed record MatchField(int Event, int Field, FieldWriter? Writer);

/// <summary>Writes matches: a made key and a value for each other field.</summary>
/// <param name="fields">By output field; null for the key.</param>
/// <param name="events">The events of the pattern.</param>
/// <param name="frame">A frame of its own for the expressions of the output.</param>
internal sealed class MatchOutput(MatchField?[] fields, CapturedEvent[] events, Frame frame) : PatternOutput
{
    private readonly EventBlock[] _blocks = [.. events.Select(e => new EventBlock(e.Kept, 1)), OneEmptyEvent()];

    /// <inheritdoc/>
    public override void Write(PatternInstances instances, int slot, EventBlock output, long key, long now)
    {
        var isLoaded = false;
        for (var i = 0; i < fields.Length; i++)
        {
            var target = output.Columns[i];
            if (fields[i] is not { } field)
            {
                ((Column<long>)target).Append(key);
            }
            else if (field.Event >= 0 && !instances.Has(slot, field.Event))
            {
                target.AppendNull();
            }
            else if (field.Field >= 0)
            {
                instances.Kept(field.Event, field.Field).AppendTo(slot, target);
            }
            else if (field.Writer is { } writer)
            {
                isLoaded = isLoaded || Load(instances, slot);
                Write(writer, BlockOf(field.Event), target, now);
            }
            else
            {
                target.AppendNull();
            }
        }

        output.Append(Opcode.Insert);
    }

    private static EventBlock OneEmptyEvent()
    {
        var block = new EventBlock(new Schema([]), 1);
        block.Append(Opcode.Insert);
        return block;
    }

    private EventBlock BlockOf(int e) => e >= 0 ? _blocks[e] : _blocks[^1];

    private bool Load(PatternInstances instances, int slot)
    {
        instances.Variables.Load(slot, frame);
        for (var e = 0; e < events.Length; e++)
        {
            if (instances.Has(slot, e))
            {
                var block = _blocks[e];
                block.Clear();
                for (var i = 0; i < block.Columns.Length; i++)
                {
                    instances.Kept(e, i).AppendTo(slot, block.Columns[i]);
                }

                block.Append(Opcode.Insert);
            }
        }

        return true;
    }

    // A match is not dropped for one field that takes too many rounds of a loop: the field is null.
    private void Write(FieldWriter writer, EventBlock block, Column target, long now)
    {
        var count = target.Count;
        frame.Bind(block, now);
        frame.MoveTo(0);
        try
        {
            writer.Write(block, frame, target);
        }
        catch (LoopLimitException)
        {
            target.Truncate(count);
            target.AppendNull();
        }
    }
}
