using Lockstep.Contracts.Events;
using Lockstep.Engine.Expressions;
using Lockstep.Scripting;

namespace Lockstep.Engine.Windows.Pattern;

/// <summary>
/// Says whether the event at which the frame stands satisfies an event of a pattern. The frame's variables are those of the
/// instance: the test reads them and sets those that it binds. When it says no, what it has set is undone.
/// </summary>
/// <param name="frame">Block, row and variables.</param>
/// <exception cref="LoopLimitException">The expression took too many rounds.</exception>
/// <exception cref="ScriptException">The function failed.</exception>
internal delegate bool EventTest(Frame frame);

/// <summary>The tests of a pattern's events, and the frame that they run on.</summary>
internal sealed class EventTests(EventTest[] tests, Frame frame)
{
    /// <summary>Why a test of the current event could not be finished; null: all could.</summary>
    public string? Failure { get; private set; }

    /// <summary>Takes the block whose events come next.</summary>
    public void Bind(EventBlock block, long now) => frame.Bind(block, now);

    public void MoveTo(EventBlock block, int row)
    {
        Failure = null;
        frame.MoveTo(row);
    }

    /// <summary>Tests the event for an instance; when it passes, the instance keeps the variables.</summary>
    public bool Passes(int number, PatternInstances instances, int slot)
    {
        instances.Variables.Load(slot, frame);
        try
        {
            if (!tests[number](frame))
            {
                return false;
            }
        }
        catch (Exception error) when (error is LoopLimitException or ScriptException)
        {
            Failure = error.Message;
            return false;
        }

        instances.Variables.Save(slot, frame);
        return true;
    }
}
