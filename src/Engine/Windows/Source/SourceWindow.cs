using Lockstep.Contracts.Events;
using Lockstep.Engine.State;
using Lockstep.Scripting;

namespace Lockstep.Engine.Windows.Source;

/// <summary>
/// window-source: checks what is published, makes keys, and keeps rows where the model asks for an index.
/// Made keys are int64 from 0 or text <c>key-0</c>: from a counter in the state, so that all members make the same.
/// </summary>
internal sealed class SourceWindow(string name, Schema schema, bool insertOnly, bool autogenKey, KeyedRows? rows)
    : Window(name, schema)
{
    private readonly EventBlock _accepted = new(schema);
    private readonly TransactionCheck _transaction = new();
    private long _nextKey;

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        // Without rows the accepted events are the output; the scratch block saves nothing then.
        var accepted = rows is null ? Output : _accepted;
        accepted.Clear();
        if (IsPlain(input))
        {
            AcceptAll(input, accepted);
        }
        else
        {
            Accept(input, accepted, step);
        }

        rows?.Apply(accepted, Output, step);
    }

    /// <summary>Appends an event that a script gives, to be published; a made key is null.</summary>
    /// <exception cref="ScriptException">It does not fit the schema.</exception>
    public void AppendEvent(Dictionary<string, object?> values, EventBlock block) =>
        ScriptEvents.Append(block, values, autogenKey, rows is null ? Opcode.Insert : Opcode.Upsert);

    /// <summary>Appends an event of another window, to be published: fields of the same name, others null.</summary>
    public void AppendEvent(EventBlock events, int row, EventBlock block)
    {
        for (var i = 0; i < Schema.Fields.Length; i++)
        {
            var source = autogenKey && Schema.Fields[i].IsKey ? -1 : events.Schema.IndexOf(Schema.Fields[i].Name);
            if (source < 0)
            {
                block.Columns[i].AppendNull();
            }
            else if (events.Columns[source].Type == Schema.Fields[i].Type)
            {
                block.Columns[i].AppendFrom(events.Columns[source], row);
            }
            else if (!ScriptEvents.TryAppend(block.Columns[i], ScriptEvents.ValueOf(events.Columns[source], row)))
            {
                block.Columns[i].AppendNull();
            }
        }

        block.Append(insertOnly ? Opcode.Insert : events.Opcodes[row], events.Flags[row]);
    }

    /// <inheritdoc/>
    public override void Tick(StepScope step) => rows?.Tick(Output, step);

    /// <inheritdoc/>
    public override long? NextExpiry(StepScope step) => rows?.NextExpiry(step);

    /// <inheritdoc/>
    public override bool MapsInserts => rows is null;

    /// <summary>True when nothing in the block can be bad here and all are inserts.</summary>
    public bool TakesAll(EventBlock input) => !input.IsTransactional && IsPlain(input);

    /// <inheritdoc/>
    public override WindowState State => (autogenKey ? WindowState.Counters : WindowState.None) | KeyedRows.StateOf(rows);

    /// <inheritdoc/>
    public override KeyedRows? Kept => rows;

    /// <inheritdoc/>
    public override ulong Digest() => StateHash.Combine((ulong)_nextKey, rows?.Digest() ?? 0);

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer)
    {
        writer.Write(_nextKey);
        rows?.WriteState(writer);
    }

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader)
    {
        _nextKey = reader.ReadInt64();
        rows?.ReadState(reader);
    }

    /// <summary>Takes over counter and rows of the window of the version before.</summary>
    /// <param name="former">That window.</param>
    /// <param name="fields">By field of this window: index of the former one's field, or -1 for a field that is new.</param>
    public void TakeOver(SourceWindow former, int[] fields)
    {
        _nextKey = former._nextKey;
        if (former.Kept is { } from)
        {
            rows?.Rows.TakeOver(from.Rows, fields);
        }
    }

    /// <summary>True when no event of the block can be bad here: inserts without flags and with whole keys.</summary>
    private bool IsPlain(EventBlock input)
    {
        if (input.Opcodes.ContainsAnyExcept(Opcode.Insert) || input.Flags.ContainsAnyExcept(EventFlags.None)
            || (input.IsTransactional && rows is not null))
        {
            return false;
        }

        return autogenKey || !AnyNullKey(input);
    }

    private bool AnyNullKey(EventBlock input)
    {
        foreach (var key in Schema.KeyIndexes)
        {
            if (input.Columns[key].HasNulls)
            {
                return true;
            }
        }

        return false;
    }

    private void AcceptAll(EventBlock input, EventBlock accepted)
    {
        for (var i = 0; i < input.Columns.Length; i++)
        {
            if (autogenKey && Schema.Fields[i].IsKey)
            {
                AppendKeys(accepted, i, input.Count);
            }
            else
            {
                accepted.Columns[i].AppendAll(input.Columns[i]);
            }
        }

        accepted.AppendAll(input.Opcodes, input.Flags);
    }

    private void AppendKeys(EventBlock accepted, int column, int count)
    {
        if (accepted.Columns[column] is Column<long> numbers)
        {
            foreach (ref var key in numbers.Extend(count))
            {
                key = _nextKey++;
            }

            return;
        }

        var texts = accepted.ColumnOf<string>(column);
        for (var i = 0; i < count; i++)
        {
            texts.Append(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"key-{_nextKey++}"));
        }
    }

    private void Accept(EventBlock input, EventBlock accepted, StepScope step)
    {
        for (var row = 0; row < input.Count; row++)
        {
            if (Refusal(input, row) is { } reason)
            {
                step.ReportBadEvent(reason);
                if (input.IsTransactional)
                {
                    accepted.Clear();
                    return;
                }
            }
            else
            {
                AcceptOne(input, row, accepted);
            }
        }

        if (input.IsTransactional && rows is not null && _transaction.Refusal(accepted, rows.Rows) is { } refusal)
        {
            step.ReportBadEvent(refusal);
            accepted.Clear();
        }
    }

    private void AcceptOne(EventBlock input, int row, EventBlock accepted)
    {
        for (var i = 0; i < input.Columns.Length; i++)
        {
            if (autogenKey && Schema.Fields[i].IsKey)
            {
                AppendKeys(accepted, i, 1);
            }
            else
            {
                accepted.Columns[i].AppendFrom(input.Columns[i], row);
            }
        }

        accepted.Append(input.Opcodes[row], input.Flags[row]);
    }

    private string? Refusal(EventBlock input, int row)
    {
        var opcode = input.Opcodes[row];
        if (insertOnly && opcode != Opcode.Insert)
        {
            return $"{opcode} in a window that takes inserts only: {EventText.Key(input, row)}.";
        }

        if (opcode == Opcode.UpdateBlock && rows is not null)
        {
            return $"An update block cannot be published: {EventText.Key(input, row)}.";
        }

        foreach (var key in Schema.KeyIndexes)
        {
            if (!autogenKey && input.Columns[key].IsNull(row))
            {
                return $"Key field '{Schema.Fields[key].Name}' is null.";
            }
        }

        return null;
    }
}
