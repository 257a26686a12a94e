using Lockstep.Contracts.Events;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Expressions.Columns;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Scripts;
using Lockstep.Scripting;

namespace Lockstep.Engine.Windows.Filter;

/// <summary>What a filter asks of each event.</summary>
internal abstract class EventTest
{
    /// <summary>True when it remembers something from event to event.</summary>
    public abstract bool HasState { get; }

    public abstract void Bind(EventBlock events, StepScope step);

    /// <summary>True when an event passes; one that can't be tested is reported and does not.</summary>
    public abstract bool Passes(EventBlock events, int row, StepScope step);

    /// <summary>Finds the events that pass.</summary>
    /// <param name="events">The block that the test is bound to.</param>
    /// <param name="rows">Gets their rows in order; as long as the block at least.</param>
    /// <param name="step">Takes those that can't be tested.</param>
    /// <returns>How many pass.</returns>
    public virtual int Select(EventBlock events, Span<int> rows, StepScope step)
    {
        var count = 0;
        for (var row = 0; row < events.Count; row++)
        {
            if (Passes(events, row, step))
            {
                rows[count++] = row;
            }
        }

        return count;
    }

    public abstract ulong Digest();

    public abstract void WriteState(SnapshotWriter writer);

    public abstract void ReadState(SnapshotReader reader);

    public virtual void Release()
    {
    }
}

/// <summary>An expression; null is false.</summary>
/// <param name="passes">The value for the event the frame stands at.</param>
/// <param name="frame">The window's frame.</param>
/// <param name="columns">The same for many events at once; null when there is no such form.</param>
/// <param name="chunk">Where <paramref name="columns"/> works.</param>
internal sealed class ExpressionTest(Func<Frame, bool?> passes, Frame frame, ConditionNode? columns, RowChunk chunk) : EventTest
{
    public override bool HasState => frame.HasVariables;

    public override void Bind(EventBlock events, StepScope step) => frame.Bind(events, step.Now);

    public override bool Passes(EventBlock events, int row, StepScope step)
    {
        frame.MoveTo(row);
        try
        {
            return passes(frame) ?? false;
        }
        catch (LoopLimitException error)
        {
            step.ReportBadEvent($"{error.Message} Event dropped: {EventText.Key(events, row)}.");
            return false;
        }
    }

    public override int Select(EventBlock events, Span<int> rows, StepScope step)
    {
        if (columns is null || events.Count < RowChunk.RowsMin)
        {
            return base.Select(events, rows, step);
        }

        var count = 0;
        for (var start = 0; start < events.Count; start += RowChunk.RowsMax)
        {
            chunk.Take(events, start);
            var passed = columns.Bits(chunk);
            for (var word = 0; word * RowChunk.WordBits < chunk.Count; word++)
            {
                var doubtful = chunk.Doubtful[word];
                for (var bits = (passed[word] | doubtful) & chunk.RowsOf(word); bits != 0; bits &= bits - 1)
                {
                    var row = start + RowChunk.Lowest(word, bits);
                    if ((doubtful & bits & ~(bits - 1)) == 0 || Passes(events, row, step))
                    {
                        rows[count++] = row;
                    }
                }
            }
        }

        return count;
    }

    public override ulong Digest() => frame.Digest();

    public override void WriteState(SnapshotWriter writer) => frame.WriteState(writer);

    public override void ReadState(SnapshotReader reader) => frame.ReadState(reader);
}

/// <summary>A function of a script: true, a number other than 0, or anything else that is not nil lets the event pass.</summary>
internal sealed class ScriptTest(WindowScript script, string function, int[] used, string input, string window) : EventTest
{
    private readonly Dictionary<string, object?> _context = new(StringComparer.Ordinal) { ["input"] = input, ["window"] = window };

    public override bool HasState => true;

    public override void Bind(EventBlock events, StepScope step) => script.Begin(step, events);

    public override bool Passes(EventBlock events, int row, StepScope step)
    {
        try
        {
            return script.Call(row, function, 1, ScriptEvents.ToMap(events, row, used), _context) is not (null or false or 0L or 0.0);
        }
        catch (ScriptException error)
        {
            step.ReportBadEvent($"{error.Message} Event dropped: {EventText.Key(events, row)}.");
            return false;
        }
    }

    public override ulong Digest() => script.Digest();

    public override void WriteState(SnapshotWriter writer) => script.WriteState(writer);

    public override void ReadState(SnapshotReader reader) => script.ReadState(reader);

    public override void Release() => script.Release();
}
