using Lockstep.Contracts.Events;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows;

namespace Lockstep.Engine.Execution;

/// <summary>
/// A window at its place in the graph: which edges lead to it, and what becomes of what it produces.
/// </summary>
internal sealed class PlannedWindow(
    WindowId id, Window window, PlannedEdge[] inputs, OutputShaper? shaper, SlotSplitter? splitter)
{
    public WindowId Id { get; } = id;

    public Window Window { get; } = window;

    public PlannedEdge[] Inputs { get; } = inputs;

    public SlotSplitter? Splitter { get; } = splitter;

    /// <summary>True: see <see cref="Window.MapsInserts"/>; nothing but inserts leaves then, which no shaper changes.</summary>
    public bool MapsInserts => Window.MapsInserts && Splitter is null;

    /// <summary>What leaves the window in this evaluation.</summary>
    public EventBlock Result { get; private set; } = window.Output;

    /// <summary>Settles what leaves the window, once it has produced.</summary>
    public void Finish(StepScope step)
    {
        Shape();
        Split(Result, step);
    }

    /// <summary>Settles what leaves the window, without giving it to slots.</summary>
    public void Shape() => Result = shaper is null ? Window.Output : shaper.Shape(Window.Output);

    /// <summary>Lets windows behind this one see a part of what leaves it.</summary>
    public void Present(EventBlock part, StepScope step)
    {
        Result = part;
        Split(part, step);
    }

    /// <summary>The events that an edge from this window takes.</summary>
    public EventBlock ResultFor(PlannedEdge edge) =>
        edge.Slot is { } slot && Splitter is not null ? Splitter.Slot(slot) : Result;

    private void Split(EventBlock events, StepScope step)
    {
        if (events.Count > 0)
        {
            Splitter?.Split(events, step);
        }
    }

    /// <summary>What kinds of state window and splitter hold.</summary>
    public WindowState State => Window.State | (Splitter?.Choice.HasState == true ? WindowState.Variables : WindowState.None);

    /// <summary>Hash of the window's state and its splitter's.</summary>
    public ulong Digest() => StateHash.Combine(Window.Digest(), Splitter?.Choice.Digest() ?? 0);

    public void WriteState(SnapshotWriter writer)
    {
        Window.WriteState(writer);
        Splitter?.Choice.WriteState(writer);
    }

    public void ReadState(SnapshotReader reader)
    {
        Window.ReadState(reader);
        Splitter?.Choice.ReadState(reader);
    }

    /// <summary>Ends what window and splitter hold outside; for one that is not used again.</summary>
    public void Release()
    {
        Window.Release();
        Splitter?.Choice.Release();
    }

    /// <summary>Empties the output when an evaluation is over.</summary>
    public void Clear()
    {
        Window.Output.Clear();
        Splitter?.Clear();
    }
}
