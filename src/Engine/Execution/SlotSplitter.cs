using Lockstep.Contracts.Events;
using Lockstep.Engine.Windows;

namespace Lockstep.Engine.Execution;

/// <summary>
/// Routes output events to slots, each half of an update by its own values. A half that leaves alone becomes what it
/// means there: an update block an Insert, a delete stays one.
/// </summary>
internal sealed class SlotSplitter
{
    private readonly Dictionary<int, EventBlock> _slots;

    /// <summary>Makes a splitter.</summary>
    /// <param name="schema">The window's schema.</param>
    /// <param name="slots">The slots that edges take.</param>
    /// <param name="choice">Gives the slot of an event.</param>
    public SlotSplitter(Schema schema, IEnumerable<int> slots, SlotChoice choice)
    {
        _slots = slots.Distinct().ToDictionary(s => s, _ => new EventBlock(schema));
        Choice = choice;
    }

    /// <summary>What gives an event its slot, and remembers: state of the window.</summary>
    public SlotChoice Choice { get; }

    public EventBlock Slot(int slot) => _slots[slot];

    public void Split(EventBlock events, StepScope step)
    {
        Clear();
        Choice.Bind(events, step);
        for (var row = 0; row < events.Count; row++)
        {
            var slot = Choice.SlotOf(events, row, step);
            if (events.Opcodes[row] == Opcode.UpdateBlock && KeyedRows.IsPair(events, row))
            {
                var other = Choice.SlotOf(events, row + 1, step);
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

    private void Add(int? slot, EventBlock events, int row, Opcode opcode)
    {
        if (slot is { } number && _slots.TryGetValue(number, out var block))
        {
            block.AppendFrom(events, row, opcode, events.Flags[row]);
        }
    }
}
