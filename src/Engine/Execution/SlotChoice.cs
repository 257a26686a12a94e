using Lockstep.Contracts.Events;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Scripts;
using Lockstep.Scripting;

namespace Lockstep.Engine.Execution;

/// <summary>Gives each event of a window with a splitter the number of the slot whose edges it takes.</summary>
internal abstract class SlotChoice
{
    /// <summary>True when it remembers something from event to event.</summary>
    public abstract bool HasState { get; }

    public abstract void Bind(EventBlock events, StepScope step);

    /// <summary>The slot; 0 for false and for nothing, as for 0. Null, and reported, when it can't be told.</summary>
    public abstract int? SlotOf(EventBlock events, int row, StepScope step);

    public abstract ulong Digest();

    public abstract void WriteState(SnapshotWriter writer);

    public abstract void ReadState(SnapshotReader reader);

    public virtual void Release()
    {
    }

    protected static int? Lost(string why, EventBlock events, int row, StepScope step)
    {
        step.ReportBadEvent($"{why} Event sent to no slot: {EventText.Key(events, row)}.");
        return null;
    }
}

/// <summary>splitter-expr.</summary>
internal sealed class ExpressionSlots(Func<Frame, long?> slotOf, Frame frame) : SlotChoice
{
    public override bool HasState => frame.HasVariables;

    public override void Bind(EventBlock events, StepScope step) => frame.Bind(events, step.Now);

    public override int? SlotOf(EventBlock events, int row, StepScope step)
    {
        frame.MoveTo(row);
        try
        {
            return (int?)Math.Clamp(slotOf(frame) ?? 0, int.MinValue, int.MaxValue);
        }
        catch (LoopLimitException error)
        {
            return Lost(error.Message, events, row, step);
        }
    }

    public override ulong Digest() => frame.Digest();

    public override void WriteState(SnapshotWriter writer) => frame.WriteState(writer);

    public override void ReadState(SnapshotReader reader) => frame.ReadState(reader);
}

/// <summary>splitter-lua: a function of the event and a context.</summary>
internal sealed class ScriptSlots(WindowScript script, string function, int[] used, string window) : SlotChoice
{
    private readonly Dictionary<string, object?> _context = new(StringComparer.Ordinal) { ["window"] = window };

    public override bool HasState => true;

    public override void Bind(EventBlock events, StepScope step) => script.Begin(step, events);

    public override int? SlotOf(EventBlock events, int row, StepScope step)
    {
        try
        {
            var result = script.Call(row, function, 1, ScriptEvents.ToMap(events, row, used), _context);
            return result switch
            {
                null or false => 0,
                true => 1,
                long whole => (int)Math.Clamp(whole, int.MinValue, int.MaxValue),
                double real when Math.Floor(real) == real => (int)Math.Clamp(real, int.MinValue, int.MaxValue),
                _ => Lost($"Function '{function}' gave no slot number but '{ScriptText.Of(result)}'.", events, row, step),
            };
        }
        catch (ScriptException error)
        {
            return Lost(error.Message, events, row, step);
        }
    }

    public override ulong Digest() => script.Digest();

    public override void WriteState(SnapshotWriter writer) => script.WriteState(writer);

    public override void ReadState(SnapshotReader reader) => script.ReadState(reader);

    public override void Release() => script.Release();
}
