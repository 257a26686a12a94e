using Lockstep.Contracts.Events;
using Lockstep.Engine.Functions;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Compute;

namespace Lockstep.Engine.Windows.Functional;

/// <summary>Where an output field comes from: a function's result, an input field, or (both -1) nowhere.</summary>
/// <param name="Function">Index of the function of the field's name, the last of several; -1 for none.</param>
/// <param name="Source">Index of the input field of the field's name, by input; -1 for none.</param>
internal readonly record struct FunctionalField(int Function, int[] Source);

/// <summary>What a functional window's model comes to.</summary>
/// <param name="Functions">The functions in document order.</param>
/// <param name="Opcode">Gives the opcode; null for the input's.</param>
/// <param name="Generate">False makes no event; null for always.</param>
/// <param name="Fields">Origins of the output fields.</param>
/// <param name="InputNames">Names of the windows in front of it.</param>
internal sealed record FunctionalModel(
    FunctionNode[] Functions, FunctionNode? Opcode, FunctionNode? Generate, FunctionalField[] Fields, string[] InputNames);

/// <summary>
/// window-functional: functions run in document order for each event; a field takes the result of the function of its
/// name, else the input field of its name, else null. With rows a Delete carries the stored values and runs no
/// function
/// but those for keys; eventCounter() does not count deletes.
/// </summary>
internal sealed class FunctionalWindow(string name, Schema schema, FunctionalModel model, KeyedRows? rows)
    : Window(name, schema)
{
    private readonly FunctionFrame _frame = new(model.Functions.Length);
    private readonly bool _passesAll = model is { Opcode: null, Generate: null };
    private readonly EventBlock _computed = new(schema);
    private readonly bool _keysAreComputed = schema.KeyIndexes.Any(k => model.Fields[k].Function >= 0);

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        _frame.Bind(input, model.InputNames[inputIndex], step.Time);
        var target = rows is null ? Output : _computed;
        if (rows is not null)
        {
            _computed.Clear();
        }

        if (_passesAll && (rows is null || !input.Opcodes.ContainsAnyExcept(Opcode.Insert)))
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
    public override bool MapsInserts => rows is null && _passesAll;

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

    private void WriteBlock(EventBlock input, int inputIndex, EventBlock target)
    {
        for (var i = 0; i < model.Fields.Length; i++)
        {
            if (model.Fields[i].Function < 0 && model.Fields[i].Source[inputIndex] is >= 0 and var source)
            {
                target.Columns[i].AppendAll(input.Columns[source]);
            }
        }

        for (var row = 0; row < input.Count; row++)
        {
            Run(row, IsDelete(input.Opcodes[row]));
            for (var i = 0; i < model.Fields.Length; i++)
            {
                if (model.Fields[i].Function >= 0)
                {
                    AppendResult(target.Columns[i], model.Fields[i].Function);
                }
                else if (model.Fields[i].Source[inputIndex] < 0)
                {
                    target.Columns[i].AppendNull();
                }
            }
        }

        target.AppendAll(input.Opcodes, input.Flags);
    }

    private void WriteEvents(EventBlock input, int inputIndex, EventBlock target, StepScope step)
    {
        for (var row = 0; row < input.Count; row++)
        {
            var isDelete = IsDelete(input.Opcodes[row]);
            var keysOnly = isDelete && rows is not null;
            if (!keysOnly || _keysAreComputed)
            {
                Run(row, isDelete);
            }

            if (keysOnly)
            {
                // What generate kept back or opcode changed may not be there.
                Append(input, inputIndex, row, target, keysOnly: true);
                target.Append(_passesAll ? input.Opcodes[row] : Opcode.SafeDelete, input.Flags[row]);
            }
            else if (model.Generate?.Evaluate(_frame).ToBoolean() ?? true)
            {
                row += WriteEvent(input, inputIndex, row, target, step);
            }
        }
    }

    // Gives how many events after it are settled with it: the old half of an update whose opcode was set.
    private int WriteEvent(EventBlock input, int inputIndex, int row, EventBlock target, StepScope step)
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

        return model.Opcode is not null && input.Opcodes[row] == Opcode.UpdateBlock && KeyedRows.IsPair(input, row) ? 1 : 0;
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
        for (var i = 0; i < model.Functions.Length; i++)
        {
            _frame.SetResult(i, model.Functions[i].Evaluate(_frame));
        }
    }

    private void Append(EventBlock input, int inputIndex, int row, EventBlock target, bool keysOnly)
    {
        for (var i = 0; i < model.Fields.Length; i++)
        {
            if (keysOnly && !Schema.Fields[i].IsKey)
            {
                target.Columns[i].AppendNull();
            }
            else if (model.Fields[i].Function >= 0)
            {
                AppendResult(target.Columns[i], model.Fields[i].Function);
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

    private void AppendResult(Column target, int function)
    {
        var value = _frame.Result(function);
        switch (target)
        {
            case Column<long> c when value.ToWhole() is { } whole
                && (target.Type != FieldType.Int32 || whole is >= int.MinValue and <= int.MaxValue):
                c.Append(whole);
                break;
            case Column<double> c when value.ToReal() is { } real:
                c.Append(real);
                break;
            case Column<string> c when value.ToText() is { } text:
                c.Append(text);
                break;
            case Column<decimal> c when FieldWriters.ToMoney(value.ToReal()) is { } amount:
                c.Append(amount);
                break;
            default:
                target.AppendNull();
                break;
        }
    }

    private static bool IsDelete(Opcode opcode) => opcode is Opcode.Delete or Opcode.SafeDelete;
}
