using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Copy;

/// <summary>window-copy: passes its inputs on; with rows it resolves opcodes by key and retains.</summary>
internal sealed class CopyWindow(string name, Schema schema, KeyedRows? rows) : Window(name, schema)
{
    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        if (rows is null)
        {
            Output.AppendAll(input);
        }
        else
        {
            rows.Apply(input, Output, step);
        }
    }

    /// <inheritdoc/>
    public override void Tick(StepScope step) => rows?.Tick(Output, step);

    /// <inheritdoc/>
    public override long? NextExpiry(StepScope step) => rows?.NextExpiry(step);

    /// <inheritdoc/>
    public override bool MapsInserts => rows is null;

    /// <inheritdoc/>
    public override WindowState State => KeyedRows.StateOf(rows);

    /// <inheritdoc/>
    public override KeyedRows? Kept => rows;

    /// <inheritdoc/>
    public override ulong Digest() => rows?.Digest() ?? 0;

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer) => rows?.WriteState(writer);

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader) => rows?.ReadState(reader);
}
