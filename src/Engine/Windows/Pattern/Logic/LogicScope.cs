using Lockstep.Contracts.Events;

namespace Lockstep.Engine.Windows.Pattern.Logic;

/// <summary>
/// Where the logic of a pattern stands: at one instance, and at one event or at a time-out. One a pattern, moved from instance to
/// instance.
/// </summary>
internal sealed class LogicScope(PatternInstances instances, EventTests tests)
{
    private const int NoSource = -1;
    private EventBlock? _block;
    private int _row;
    private int _slot;

    /// <summary>Number of the window that the event is of; -1 in a time-out.</summary>
    public int Source { get; private set; } = NoSource;

    /// <summary>The node whose time is over; null at an event.</summary>
    public LogicNode? TimedOut { get; private set; }

    /// <summary>The pattern's clock in microseconds.</summary>
    public long Clock { get; set; }

    /// <summary>True: the step changed something that the instance remembers.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>Moves to an event.</summary>
    public void MoveTo(EventBlock block, int row, int source)
    {
        (_block, _row, Source, TimedOut) = (block, row, source, null);
        tests.MoveTo(block, row);
    }

    /// <summary>Moves to a time-out.</summary>
    public void MoveTo(LogicNode timedOut) => (_block, Source, TimedOut) = (null, NoSource, timedOut);

    /// <summary>Moves to an instance.</summary>
    public void MoveTo(int slot) => (_slot, IsChanged) = (slot, false);

    /// <summary>True: the event satisfies an event of the pattern; then its values and variables are kept.</summary>
    public bool Test(int number)
    {
        if (!tests.Passes(number, instances, _slot))
        {
            return false;
        }

        instances.Capture(_slot, number, _block!, _row);
        IsChanged = true;
        return true;
    }

    public long Word(int index) => instances.Word(_slot, index);

    public void SetWord(int index, long value)
    {
        ref var word = ref instances.Word(_slot, index);
        IsChanged |= word != value;
        word = value;
    }

    /// <summary>Starts a timer anew.</summary>
    public void Arm(int timer, long limit)
    {
        instances.Timers.Arm(timer, _slot, Clock + limit);
        IsChanged = true;
    }

    /// <summary>Passes a result on; when it is an end, timers in and below the node stop.</summary>
    public LogicStep End(LogicNode node, LogicStep result)
    {
        if (result >= LogicStep.Complete)
        {
            for (var timer = node.FirstTimer; timer < node.EndTimer; timer++)
            {
                IsChanged |= instances.Timers.Disarm(timer, _slot);
            }
        }

        return result;
    }

    /// <summary>Lets a node begin anew.</summary>
    public void Reset(LogicNode node)
    {
        End(node, LogicStep.Failed);
        for (var word = node.FirstWord; word < node.EndWord; word++)
        {
            SetWord(word, 0);
        }
    }
}
