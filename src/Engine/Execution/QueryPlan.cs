using Lockstep.Contracts.Events;
using Lockstep.Engine.Windows;

namespace Lockstep.Engine.Execution;

/// <summary>
/// A continuous query in evaluation order: topological, of windows that could run the one that stands first in the
/// model first. So the order of results never depends on anything but the model and its input.
/// </summary>
internal sealed class QueryPlan
{
    private readonly int[][] _reached;
    private readonly bool[] _isChain;

    public QueryPlan(PlannedWindow[] windows)
    {
        Windows = windows;
        _reached = [.. windows.Select((_, i) => Reach(i))];
        _isChain = [.. windows.Select((_, i) => IsChain(i))];
    }

    /// <summary>The windows in evaluation order.</summary>
    public PlannedWindow[] Windows { get; }

    /// <summary>True: behind the window stands one window after the other, and each maps inserts.</summary>
    public bool MapsInserts(int window) => _isChain[window];

    /// <summary>Evaluates everything behind a window for one block published into it.</summary>
    public void Publish(int window, EventBlock block, IWindowOutput output, StepScope step)
    {
        var reached = _reached[window];
        foreach (var index in reached)
        {
            var planned = Windows[index];
            step.Current = planned.Id;
            if (index == window)
            {
                planned.Window.Process(block, 0, step);
            }

            Evaluate(planned, step);
            Deliver(planned, output, step);
        }

        foreach (var index in reached)
        {
            Windows[index].Clear();
        }
    }

    /// <summary>Does what is due by time in all windows, and evaluates what follows from it.</summary>
    public void Tick(IWindowOutput output, StepScope step)
    {
        foreach (var planned in Windows)
        {
            step.Current = planned.Id;
            Evaluate(planned, step);
            planned.Window.Tick(step);
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
        for (var i = 0; i < planned.Inputs.Length; i++)
        {
            var edge = planned.Inputs[i];
            var input = Windows[edge.Source].ResultFor(edge);
            if (input.Count > 0)
            {
                planned.Window.Process(input, i, step);
            }
        }
    }

    private static void Deliver(PlannedWindow planned, IWindowOutput output, StepScope step)
    {
        planned.Finish(step);
        if (planned.Result.Count > 0)
        {
            output.OnBlock(planned.Id, planned.Result);
        }
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
