using Lockstep.Contracts.Events;
using Lockstep.Engine.Functions;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Functional;

/// <summary>
/// window-functional: functions run in document order for each event; a field takes the result of the function of its
/// name, else the input field of its name, else null. With rows a Delete carries the stored values and runs functions
/// for keys and loops only; eventCounter() does not count deletes. Event loops add one event for each part that they find; a
/// field that a loop does not compute has the plain event's value. The plain event leaves first, an update's loops behind its pair.
/// </summary>
internal sealed class FunctionalWindow(string name, Schema schema, FunctionalModel model, FunctionFrame frame, KeyedRows? rows)
    : Window(name, schema)
{
    private readonly FunctionFrame _frame = frame;
    private readonly bool _passesAll = model is { Opcode: null, Generate: null };
    private readonly bool _loops = model.Loops.Length > 0;
    private readonly EventBlock _computed = new(schema);
    private readonly EventBlock _loopEvents = new(schema);
    private readonly LoopRunner _runner = new(schema, model, frame);
    private readonly int[] _computedFields = [.. Enumerable.Range(0, model.Fields.Length).Where(i => model.Fields[i].Slot >= 0)];
    private readonly bool _keysAreComputed = schema.KeyIndexes.Any(k => model.Fields[k].Slot >= 0);

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        _frame.Bind(input, inputIndex, model.InputNames[inputIndex], step.Time);
        var target = rows is null ? Output : _computed;
        if (rows is not null)
        {
            _computed.Clear();
        }

        if (_passesAll && !_loops)
        {
            WriteBlock(input, inputIndex, target);
        }
        else
        {
            WriteEvents(input, inputIndex, target, step);
        }

        rows?.Apply(_computed, Output, step);
    }

    /// <inheritdoc/>
    public override bool MapsInserts => rows is null && _passesAll && !_loops;

    /// <inheritdoc/>
    public override WindowState State => WindowState.Counters | KeyedRows.StateOf(rows);

    /// <inheritdoc/>
    public override KeyedRows? Kept => rows;

    /// <inheritdoc/>
    public override ulong Digest() => StateHash.Combine(_frame.Digest(), rows?.Digest() ?? 0);

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer)
    {
        _frame.WriteState(writer);
        rows?.WriteState(writer);
    }

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader)
    {
        _frame.ReadState(reader);
        rows?.ReadState(reader);
    }

    // Each event gives one of its opcode: what is copied is copied a column at a time.
    private void WriteBlock(EventBlock input, int inputIndex, EventBlock target)
    {
        for (var i = 0; i < model.Fields.Length; i++)
        {
            if (model.Fields[i].Slot < 0)
            {
                Copy(input, model.Fields[i].Source[inputIndex], target.Columns[i]);
            }
        }

        for (var row = 0; row < input.Count; row++)
        {
            var isDelete = KeyedRows.IsDelete(input.Opcodes[row]);
            var keysOnly = isDelete && rows is not null;
            if (!keysOnly || _keysAreComputed)
            {
                Run(row, isDelete);
            }

            foreach (var field in _computedFields)
            {
                if (keysOnly && !Schema.Fields[field].IsKey)
                {
                    KeyedRows.AppendUnread(target.Columns[field]);
                }
                else
                {
                    FieldValues.Append(target.Columns[field], _frame.Result(model.Fields[field].Slot));
                }
            }
        }

        target.AppendAll(input.Opcodes, input.Flags);
    }

    private static void Copy(EventBlock input, int source, Column target)
    {
        if (source >= 0)
        {
            target.AppendAll(input.Columns[source]);
            return;
        }

        for (var row = 0; row < input.Count; row++)
        {
            target.AppendNull();
        }
    }

    private void WriteEvents(EventBlock input, int inputIndex, EventBlock target, StepScope step)
    {
        var hasNewHalf = false;
        for (var row = 0; row < input.Count; row++)
        {
            var isDelete = KeyedRows.IsDelete(input.Opcodes[row]);
            var keysOnly = isDelete && rows is not null;
            var isOldHalf = isDelete && KeyedRows.IsHalf(input, row);
            if (!keysOnly || _keysAreComputed || _loops)
            {
                Run(row, isDelete);
            }

            if (keysOnly)
            {
                // What generate kept back or opcode changed may not be there. The old half of a pair stays one behind its new half.
                Append(input, inputIndex, row, target, keysOnly: true);
                target.Append(_passesAll || (isOldHalf && hasNewHalf) ? input.Opcodes[row] : Opcode.SafeDelete, input.Flags[row]);
            }
            else if (model.Generate?.Evaluate(_frame).ToBoolean() ?? true)
            {
                WriteEvent(input, inputIndex, row, target, step);
                hasNewHalf = true;
            }
            else
            {
                hasNewHalf = false;
            }

            if (_loops && !isOldHalf)
            {
                RunLoops(input, inputIndex, row, step);
            }

            // The two halves of an update stay next to each other; a computed opcode settles both.
            var opensPair = input.Opcodes[row] == Opcode.UpdateBlock && KeyedRows.IsPair(input, row);
            row += opensPair && model.Opcode is not null ? 1 : 0;
            if (_loops && (!opensPair || model.Opcode is not null))
            {
                target.AppendAll(_loopEvents);
                _loopEvents.Clear();
            }
        }
    }

    private void RunLoops(EventBlock input, int inputIndex, int row, StepScope step)
    {
        _runner.Plain.Clear();
        Append(input, inputIndex, row, _runner.Plain, keysOnly: false);
        _runner.Plain.Append(Opcode.Insert);
        if (!_runner.Run(_loopEvents, () => LoopOpcode(input.Opcodes[row]), input.Flags[row]))
        {
            step.ReportBadEvent(
                $"A loop found more than {LoopRunner.PartsMax} parts, or the opcode function gave no opcode: {EventText.Key(input, row)}.");
        }
    }

    private Opcode? LoopOpcode(Opcode input) => model.Opcode is not null ? OpcodeOf(input) : input switch
    {
        // What a loop makes of new values may be there already, and what it made of old ones may be gone.
        Opcode.UpdateBlock or Opcode.Update => Opcode.Upsert,
        Opcode.Delete when rows is not null => Opcode.SafeDelete,
        _ => input,
    };

    private void WriteEvent(EventBlock input, int inputIndex, int row, EventBlock target, StepScope step)
    {
        if (OpcodeOf(input.Opcodes[row]) is { } opcode)
        {
            Append(input, inputIndex, row, target, keysOnly: false);
            target.Append(opcode, input.Flags[row]);
        }
        else
        {
            step.ReportBadEvent($"The opcode function gave no opcode: {EventText.Key(input, row)}.");
        }
    }

    private Opcode? OpcodeOf(Opcode input)
    {
        if (model.Opcode is null)
        {
            return input;
        }

        return model.Opcode.Evaluate(_frame).ToText()?.Trim().ToUpperInvariant() switch
        {
            "INSERT" or "I" => Opcode.Insert,
            "UPDATE" or "U" => Opcode.Update,
            "UPSERT" or "P" => Opcode.Upsert,
            "DELETE" or "D" => Opcode.Delete,
            "SAFEDELETE" or "SD" => Opcode.SafeDelete,
            _ => null,
        };
    }

    private void Run(int row, bool isDelete)
    {
        _frame.MoveTo(row, counts: !isDelete);
        foreach (var seed in model.Seeds)
        {
            _frame.SetResult(seed.Slot, seed.Source is { } source ? _frame.Field(source) : Variant.Null);
        }

        _frame.ResetProperties(model.Properties.From, model.Properties.To);
        foreach (var function in model.Functions)
        {
            _frame.SetResult(function.Slot, function.Node.Evaluate(_frame));
        }
    }

    private void Append(EventBlock input, int inputIndex, int row, EventBlock target, bool keysOnly)
    {
        for (var i = 0; i < model.Fields.Length; i++)
        {
            if (keysOnly && !Schema.Fields[i].IsKey)
            {
                KeyedRows.AppendUnread(target.Columns[i]);
            }
            else if (model.Fields[i].Slot >= 0)
            {
                FieldValues.Append(target.Columns[i], _frame.Result(model.Fields[i].Slot));
            }
            else if (model.Fields[i].Source[inputIndex] is >= 0 and var source)
            {
                target.Columns[i].AppendFrom(input.Columns[source], row);
            }
            else
            {
                target.Columns[i].AppendNull();
            }
        }
    }
}
