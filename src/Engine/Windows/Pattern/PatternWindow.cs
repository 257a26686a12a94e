using Lockstep.Contracts.Events;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Scripts;

namespace Lockstep.Engine.Windows.Pattern;

/// <summary>
/// window-pattern: each match of a pattern is one Insert under a key that counts from 0. Takes new events only (Insert, Upsert,
/// Update and the new half of an update); deletes are passed over. Patterns run one after the other for each event, in the order
/// of the model.
/// </summary>
internal sealed class PatternWindow : Window
{
    private readonly PatternRun[] _runs;
    private readonly int[] _sources;
    private readonly WindowScript[] _scripts;
    private long _key;
    private long _now;

    /// <param name="name">As of every window.</param>
    /// <param name="schema">As of every window.</param>
    /// <param name="sources">By edge: the number of its window.</param>
    /// <param name="models">The patterns.</param>
    public PatternWindow(string name, Schema schema, int[] sources, PatternModel[] models)
        : base(name, schema)
    {
        _sources = sources;
        _scripts = [.. models.Select(m => m.Script).OfType<WindowScript>()];
        _runs = [.. models.Select(m => new PatternRun(m, (instances, slot) => m.Output.Write(instances, slot, Output, _key++, _now)))];
    }

    /// <summary>Instances of all patterns that are open.</summary>
    public int OpenInstances => _runs.Sum(r => r.Open);

    /// <inheritdoc/>
    public override WindowState State => WindowState.Instances;

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        var source = _sources[inputIndex];
        _now = step.Now;
        Begin(step, input);
        foreach (var run in _runs)
        {
            run.Bind(input, step);
        }

        for (var row = 0; row < input.Count; row++)
        {
            if (input.Opcodes[row] is Opcode.Delete or Opcode.SafeDelete)
            {
                continue;
            }

            foreach (var run in _runs)
            {
                run.Process(input, row, source, step);
            }
        }
    }

    /// <inheritdoc/>
    public override void Tick(StepScope step)
    {
        _now = step.Now;
        Begin(step, null);
        foreach (var run in _runs)
        {
            run.Tick(step);
        }
    }

    /// <inheritdoc/>
    public override long? NextExpiry(StepScope step)
    {
        long? next = null;
        foreach (var run in _runs)
        {
            if (run.NextExpiry() is { } due && !(due >= next))
            {
                next = due;
            }
        }

        return next;
    }

    /// <inheritdoc/>
    public override ulong Digest() => _scripts.Aggregate(
        _runs.Aggregate(StateHash.Mix((ulong)_key), (hash, run) => StateHash.Combine(hash, run.Digest())),
        (hash, script) => StateHash.Combine(hash, script.Digest()));

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer)
    {
        writer.Write(_key);
        foreach (var run in _runs)
        {
            run.WriteState(writer);
        }

        foreach (var script in _scripts)
        {
            script.WriteState(writer);
        }
    }

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader)
    {
        _key = reader.ReadInt64();
        foreach (var run in _runs)
        {
            run.ReadState(reader);
        }

        foreach (var script in _scripts)
        {
            script.ReadState(reader);
        }
    }

    /// <inheritdoc/>
    public override void Release()
    {
        foreach (var script in _scripts)
        {
            script.Release();
        }
    }

    private void Begin(StepScope step, EventBlock? block)
    {
        foreach (var script in _scripts)
        {
            script.Begin(step, block);
        }
    }
}
