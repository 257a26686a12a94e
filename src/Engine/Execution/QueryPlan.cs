using Lockstep.Contracts.Events;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Join;
using Lockstep.Engine.Windows.StateDb;

namespace Lockstep.Engine.Execution;

/// <summary>
/// A continuous query in evaluation order: topological, of windows that could run the one that stands first in the
/// model first. So the order of results never depends on anything but the model and its input.
/// </summary>
internal sealed class QueryPlan
{
    private readonly int[][] _reached;
    private readonly bool[] _isChain;
    private readonly EventBlock?[] _parts;

    /// <param name="windows">The windows in evaluation order.</param>
    /// <param name="usesTaggedToken">True: an event that reaches both sides of a join is evaluated to the end before the next one
    /// of its block. So is one that reaches both a statedb-writer and a reader of its rows.</param>
    public QueryPlan(PlannedWindow[] windows, bool usesTaggedToken)
    {
        Windows = windows;
        _reached = [.. windows.Select((_, i) => Reach(i))];
        _isChain = [.. windows.Select((_, i) => IsChain(i))];
        _parts = [.. windows.Select((w, i) => (usesTaggedToken && MeetsItself(i)) || ReadsWhatItWrites(i) ? new EventBlock(w.Window.Schema, 2) : null)];
    }

    /// <summary>The windows in evaluation order.</summary>
    public PlannedWindow[] Windows { get; }

    /// <summary>True: behind the window stands one window after the other, and each maps inserts.</summary>
    public bool MapsInserts(int window) => _isChain[window];

    /// <summary>Evaluates everything behind a window for one block published into it.</summary>
    public void Publish(int window, EventBlock block, IWindowOutput output, StepScope step)
    {
        var source = Windows[window];
        step.Current = source.Id;
        source.Window.Process(block, 0, step);
        var behind = _reached[window].AsSpan(1);
        if (_parts[window] is { } part)
        {
            PublishParts(source, part, behind, output, step);
        }
        else
        {
            Deliver(source, output, step);
            EvaluateAll(behind, output, step);
        }

        source.Clear();
    }

    // The source takes the block as a whole, so that a transactional one stays one; what leaves it goes on event by event.
    private void PublishParts(
        PlannedWindow source, EventBlock part, ReadOnlySpan<int> behind, IWindowOutput output, StepScope step)
    {
        source.Shape();
        var all = source.Result;
        if (all.Count > 0)
        {
            output.OnBlock(source.Id, all);
            step.Emitted(source.Window, all);
        }

        for (var row = 0; row < all.Count; row++)
        {
            part.Clear();
            part.AppendFrom(all, row);
            if (all.Opcodes[row] == Opcode.UpdateBlock && KeyedRows.IsPair(all, row))
            {
                part.AppendFrom(all, ++row);
            }

            step.Current = source.Id;
            source.Present(part, step);
            EvaluateAll(behind, output, step);
        }
    }

    private void EvaluateAll(ReadOnlySpan<int> places, IWindowOutput output, StepScope step)
    {
        foreach (var place in places)
        {
            var planned = Windows[place];
            step.Current = planned.Id;
            Evaluate(planned, step);
            Deliver(planned, output, step);
        }

        foreach (var place in places)
        {
            Windows[place].Clear();
        }
    }

    /// <summary>Lets windows do what comes before the first event, and evaluates what follows from it.</summary>
    public void Open(IWindowOutput output, StepScope step)
    {
        if (Windows.Any(w => w.Window.Opens))
        {
            EvaluateAll((window, at) => window.Open(at), output, step);
        }
    }

    /// <summary>Does what is due by time in all windows, and evaluates what follows from it.</summary>
    public void Tick(IWindowOutput output, StepScope step) => EvaluateAll((window, at) => window.Tick(at), output, step);

    private void EvaluateAll(Action<Window, StepScope> act, IWindowOutput output, StepScope step)
    {
        foreach (var planned in Windows)
        {
            step.Current = planned.Id;
            Evaluate(planned, step);
            act(planned.Window, step);
            Deliver(planned, output, step);
        }

        foreach (var planned in Windows)
        {
            planned.Clear();
        }
    }

    /// <summary>When <see cref="Tick"/> next has something to do; null for never.</summary>
    public long? NextExpiry(StepScope step)
    {
        long? next = null;
        foreach (var planned in Windows)
        {
            if (planned.Window.NextExpiry(step) is { } due && !(due >= next))
            {
                next = due;
            }
        }

        return next;
    }

    private void Evaluate(PlannedWindow planned, StepScope step)
    {
        foreach (var edge in planned.Inputs)
        {
            var input = Windows[edge.Source].ResultFor(edge);
            if (input.Count > 0)
            {
                planned.Window.Process(input, edge.Input, step);
            }
        }
    }

    private static void Deliver(PlannedWindow planned, IWindowOutput output, StepScope step)
    {
        planned.Finish(step);
        if (planned.Result.Count > 0)
        {
            output.OnBlock(planned.Id, planned.Result);
            step.Emitted(planned.Window, planned.Result);
        }
    }

    /// <summary>True when some join behind a window has it on both sides.</summary>
    private bool MeetsItself(int from)
    {
        var reached = _reached[from];
        return reached.Any(at => Windows[at] is { Window: JoinWindow join, Inputs: var inputs }
            && inputs.Where(e => reached.Contains(e.Source)).Select(e => join.IsRight(e.Input)).Distinct().Count() == 2);
    }

    /// <summary>True when behind a window rows are stored and looked up: each event must see what those before it have written.</summary>
    private bool ReadsWhatItWrites(int from)
    {
        var written = _reached[from].Select(at => Windows[at].Window).OfType<StateDbWriterWindow>().Select(w => w.Table).ToHashSet();
        return _reached[from].Any(at => Windows[at].Window is StateDbReaderWindow reader && written.Contains(reader.Table));
    }

    private bool IsChain(int from)
    {
        var reached = _reached[from];
        for (var i = 0; i < reached.Length; i++)
        {
            var planned = Windows[reached[i]];
            var follows = i == 0 ? planned.Inputs.Length == 0 : planned.Inputs is [var edge] && edge.Source == reached[i - 1];
            if (!follows || !planned.MapsInserts)
            {
                return false;
            }
        }

        return true;
    }

    private int[] Reach(int from)
    {
        var reached = new SortedSet<int> { from };
        for (var i = from + 1; i < Windows.Length; i++)
        {
            if (Windows[i].Inputs.Any(e => reached.Contains(e.Source)))
            {
                reached.Add(i);
            }
        }

        return [.. reached];
    }
}
