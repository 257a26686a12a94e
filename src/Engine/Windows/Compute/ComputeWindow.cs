using Lockstep.Contracts.Events;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Compute;

/// <summary>
/// window-compute: keys by name from the input, every other field by its expression, in schema order, sharing
/// variables.
/// With rows an update computes the new half only and a Delete carries the stored values; without, both halves are
/// computed.
/// </summary>
internal sealed class ComputeWindow(string name, Schema schema, FieldWriter[] fields, Frame frame, KeyedRows? rows)
    : Window(name, schema)
{
    private readonly bool _isPure = Array.TrueForAll(fields, f => f.IsPure);
    private readonly EventBlock _computed = new(schema);

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        frame.Bind(input, step.Now);
        var target = rows is null ? Output : _computed;
        if (rows is not null)
        {
            _computed.Clear();
        }

        if (_isPure)
        {
            WriteBlock(input, target);
        }
        else
        {
            WriteRows(input, target, step);
        }

        rows?.Apply(_computed, Output, step);
    }

    /// <inheritdoc/>
    public override WindowState State => (frame.HasVariables ? WindowState.Variables : WindowState.None) | KeyedRows.StateOf(rows);

    /// <inheritdoc/>
    public override KeyedRows? Kept => rows;

    /// <inheritdoc/>
    public override ulong Digest() => StateHash.Combine(frame.Digest(), rows?.Digest() ?? 0);

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer)
    {
        frame.WriteState(writer);
        rows?.WriteState(writer);
    }

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader)
    {
        frame.ReadState(reader);
        rows?.ReadState(reader);
    }

    private void WriteBlock(EventBlock input, EventBlock target)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i].WriteAll(input, frame, target.Columns[i]);
        }

        target.AppendAll(input.Opcodes, input.Flags);
    }

    private void WriteRows(EventBlock input, EventBlock target, StepScope step)
    {
        for (var row = 0; row < input.Count; row++)
        {
            frame.MoveTo(row);
            var opcode = input.Opcodes[row];
            var isDelete = KeyedRows.IsDelete(opcode);
            if (TryWrite(input, row, target, keysOnly: isDelete && rows is not null, step))
            {
                target.Append(opcode, input.Flags[row]);
            }
            else if (opcode == Opcode.UpdateBlock && KeyedRows.IsPair(input, row))
            {
                row++;
            }
        }
    }

    private bool TryWrite(EventBlock input, int row, EventBlock target, bool keysOnly, StepScope step)
    {
        try
        {
            for (var i = 0; i < fields.Length; i++)
            {
                if (keysOnly && !Schema.Fields[i].IsKey)
                {
                    KeyedRows.AppendUnread(target.Columns[i]);
                }
                else
                {
                    fields[i].Write(input, frame, target.Columns[i]);
                }
            }

            return true;
        }
        catch (LoopLimitException error)
        {
            foreach (var column in target.Columns)
            {
                column.Truncate(target.Count);
            }

            step.ReportBadEvent($"{error.Message} Event dropped: {EventText.Key(input, row)}.");
            return false;
        }
    }
}
