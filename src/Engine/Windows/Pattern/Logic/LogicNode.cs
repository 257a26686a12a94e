namespace Lockstep.Engine.Windows.Pattern.Logic;

/// <summary>
/// A part of a pattern's logic. It keeps nothing itself: what it remembers of an instance lies in words of that instance, and the
/// words of a part and all below it lie together, as do their timers.
/// </summary>
internal abstract class LogicNode(LogicNode[] operands)
{
    public LogicNode[] Operands { get; } = operands;

    /// <summary>Index of its first word.</summary>
    public int FirstWord { get; private set; }

    /// <summary>Index after the words of all below it.</summary>
    public int EndWord { get; private set; }

    /// <summary>Index of its timer, or of the first one below it.</summary>
    public int FirstTimer { get; private set; }

    /// <summary>Index after the timers of all below it.</summary>
    public int EndTimer { get; private set; }

    /// <summary>Words that it needs.</summary>
    public virtual int Words => 0;

    /// <summary>True: it has a timer.</summary>
    public virtual bool IsTimed => false;

    /// <summary>True: whether one event satisfies it is seen from that event alone.</summary>
    public virtual bool IsSingle => false;

    /// <summary>True: events of the source can satisfy an event below it.</summary>
    public virtual bool Takes(int source)
    {
        foreach (var operand in Operands)
        {
            if (operand.Takes(source))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Applies the event, or the time-out, at which the scope stands.</summary>
    public abstract LogicStep Step(LogicScope scope);

    /// <summary>True: it is satisfied when the time in which it is waited for ends now.</summary>
    public abstract bool CompletesAtEnd(LogicScope scope);

    /// <summary>Gives it and all below it their places.</summary>
    public void Place(LogicLayout layout)
    {
        (FirstWord, FirstTimer) = (layout.Words, layout.Timers.Count);
        layout.Words += Words;
        if (IsTimed)
        {
            layout.Timers.Add(this);
        }

        foreach (var operand in Operands)
        {
            operand.Place(layout);
        }

        (EndWord, EndTimer) = (layout.Words, layout.Timers.Count);
    }
}

/// <summary>Counts words and timers while nodes are placed.</summary>
internal sealed class LogicLayout(int words)
{
    public int Words { get; set; } = words;

    public List<LogicNode> Timers { get; } = [];
}
