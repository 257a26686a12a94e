using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows;

/// <summary>
/// A running window: takes blocks, appends to its output block. The plan clears the output before each evaluation and
/// calls in a fixed order on one thread; a window keeps nothing of a block it was given except by copying.
/// </summary>
internal abstract class Window(string name, Schema schema)
{
    /// <summary><c>contquery/window</c>.</summary>
    public string Name { get; } = name;

    public Schema Schema { get; } = schema;

    /// <summary>What it produced in this evaluation.</summary>
    public EventBlock Output { get; } = new(schema);

    /// <summary>Evaluates one block that came over one edge.</summary>
    /// <param name="input">The events; not to be changed.</param>
    /// <param name="inputIndex">Which of the windows in front of it, in the order of edges; 0 for a published
    /// block.</param>
    /// <param name="step">The step.</param>
    public abstract void Process(EventBlock input, int inputIndex, StepScope step);

    /// <summary>
    /// True: each Insert that comes in gives exactly one Insert, in order, and depends on nothing but what came before it; so
    /// that it does not matter in how many blocks they come.
    /// </summary>
    public virtual bool MapsInserts => false;

    /// <summary>True: <see cref="Open"/> has something to do.</summary>
    public virtual bool Opens => false;

    /// <summary>Does what comes before the first event, in the first step of an engine, restored or not.</summary>
    public virtual void Open(StepScope step)
    {
    }

    /// <summary>Does what is due at the step's stream time.</summary>
    public virtual void Tick(StepScope step)
    {
    }

    /// <summary>When <see cref="Tick"/> next has something to do; null for never.</summary>
    public virtual long? NextExpiry(StepScope step) => null;

    /// <summary>What kinds of state it holds.</summary>
    public virtual WindowState State => WindowState.None;

    /// <summary>Hash of the schemas of what it keeps: only state of the same ones can be read.</summary>
    public virtual ulong StateSchema => Schema.Id;

    /// <summary>Its rows; null for a window without.</summary>
    public virtual KeyedRows? Kept => null;

    /// <summary>Hash of all state; 0 for a window without.</summary>
    public virtual ulong Digest() => 0;

    public virtual void WriteState(SnapshotWriter writer)
    {
    }

    /// <summary>Reads state into a window that has none yet.</summary>
    public virtual void ReadState(SnapshotReader reader)
    {
    }

    /// <summary>Lets go of what the collector does not know: processes, memory of scripts. The window is not used again.</summary>
    public virtual void Release()
    {
    }
}
