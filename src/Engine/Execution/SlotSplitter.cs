using Lockstep.Contracts.Events;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Windows;

namespace Lockstep.Engine.Execution;

/// <summary>
/// Routes output events to slots, each half of an update by its own values. A half that leaves alone becomes what it
/// means there: an update block an Insert, a delete stays one.
/// </summary>
internal sealed class SlotSplitter
{
    private readonly Dictionary<int, EventBlock> _slots;
    private readonly Func<Frame, long?> _slotOf;

    /// <summary>Makes a splitter.</summary>
    /// <param name="schema">The window's schema.</param>
    /// <param name="slots">The slots that edges take.</param>
    /// <param name="slotOf">Gives the slot of an event; null is slot 0, as false is.</param>
    /// <param name="frame">What the expression runs on.</param>
    public SlotSplitter(Schema schema, IEnumerable<int> slots, Func<Frame, long?> slotOf, Frame frame)
    {
        _slots = slots.Distinct().ToDictionary(s => s, _ => new EventBlock(schema));
        _slotOf = slotOf;
        Frame = frame;
    }

    /// <summary>The variables of the expression: state of the window.</summary>
    public Frame Frame { get; }

    public EventBlock Slot(int slot) => _slots[slot];

    public void Split(EventBlock events, StepScope step)
    {
        Clear();
        Frame.Bind(events, step.Now);
        for (var row = 0; row < events.Count; row++)
        {
            var slot = SlotOf(events, row, step);
            if (events.Opcodes[row] == Opcode.UpdateBlock && KeyedRows.IsPair(events, row))
            {
                var other = SlotOf(events, row + 1, step);
                Add(slot, events, row, slot == other ? Opcode.UpdateBlock : Opcode.Insert);
                Add(other, events, ++row, Opcode.Delete);
            }
            else
            {
                Add(slot, events, row, events.Opcodes[row]);
            }
        }
    }

    public void Clear()
    {
        foreach (var block in _slots.Values)
        {
            block.Clear();
        }
    }

    private int? SlotOf(EventBlock events, int row, StepScope step)
    {
        Frame.MoveTo(row);
        try
        {
            return (int?)Math.Clamp(_slotOf(Frame) ?? 0, int.MinValue, int.MaxValue);
        }
        catch (LoopLimitException error)
        {
            step.ReportBadEvent($"{error.Message} Event sent to no slot: {EventText.Key(events, row)}.");
            return null;
        }
    }

    private void Add(int? slot, EventBlock events, int row, Opcode opcode)
    {
        if (slot is { } number && _slots.TryGetValue(number, out var block))
        {
            block.AppendFrom(events, row, opcode, events.Flags[row]);
        }
    }
}
