using Lockstep.Contracts.Events;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Compute;

namespace Lockstep.Engine.Windows.StateDb;

/// <summary>Where a value of a reader comes from.</summary>
internal enum StateSource
{
    /// <summary>A field of the input.</summary>
    Input,

    /// <summary>A field of a row that was found.</summary>
    Row,

    /// <summary>A function over all rows that were found.</summary>
    Aggregate,

    /// <summary>Always null.</summary>
    Nothing,
}

/// <summary>A value of a reader.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Index">The field there; for a function its number.</param>
internal readonly record struct StateValue(StateSource Source, int Index);

/// <summary>What a reader's model comes to.</summary>
/// <param name="Lookup">Finds rows.</param>
/// <param name="Aggregates">The functions; null for none.</param>
/// <param name="Values">By field of the output: where its value comes from.</param>
/// <param name="Schema">Schema of these values, before they get the types of the output.</param>
/// <param name="Writers">By field of the output: gives a value its type.</param>
/// <param name="Frame">For the writers.</param>
/// <param name="IsEach">True: a key is a field of the rows, so each row that is found leaves as an event.</param>
internal sealed record StateReaderModel(
    StateLookup Lookup, StateAggregates? Aggregates, StateValue[] Values, Schema Schema, FieldWriter[] Writers, Frame Frame, bool IsEach);

/// <summary>
/// window-statedb-reader: looks rows up for each event. One event leaves for one that comes, with the row written last or with functions
/// over all rows, null where nothing was found; or one for each row that was found, where a key comes from the rows.
/// </summary>
/// <param name="name"><c>contquery/window</c>.</param>
/// <param name="schema">Schema of what goes out.</param>
/// <param name="model">What is looked up.</param>
/// <param name="rows">What left, where later events have to find it; null where not.</param>
internal sealed class StateDbReaderWindow(string name, Schema schema, StateReaderModel model, KeyedRows? rows) : Window(name, schema)
{
    private const int None = -1;
    private readonly EventBlock _values = new(model.Schema);
    private readonly EventBlock _typed = new(schema);
    private readonly Column[] _results = new Column[model.Values.Count(v => v.Source == StateSource.Aggregate)];

    /// <summary>The rows that it reads.</summary>
    public StateTable Table => model.Lookup.Table;

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        Table.Expire(step.Now);
        _values.Clear();
        for (var row = 0; row < input.Count; row++)
        {
            if (model.IsEach)
            {
                AppendEach(input, row, step);
            }
            else
            {
                AppendOne(input, row, step.Now);
            }
        }

        var target = rows is null ? Output : _typed;
        model.Frame.Bind(_values, step.Now);
        for (var i = 0; i < model.Writers.Length; i++)
        {
            model.Writers[i].WriteAll(_values, model.Frame, target.Columns[i]);
        }

        target.AppendAll(_values.Opcodes, _values.Flags);
        rows?.Apply(_typed, Output, step);
        _typed.Clear();
    }

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

    // A delete asks nothing: it leaves with the stored values, or without rows with those of the input.
    private void AppendOne(EventBlock input, int row, long now)
    {
        var asks = input.Opcodes[row] is not (Opcode.Delete or Opcode.SafeDelete);
        Append(input, row, asks ? model.Lookup.Last(input, row) : None);
        if (_results.Length > 0 && asks)
        {
            model.Aggregates!.Append(model.Lookup, input, row, now, _results);
        }
        else
        {
            foreach (var result in _results)
            {
                result.AppendNull();
            }
        }

        _values.Append(input.Opcodes[row], input.Flags[row] & ~EventFlags.PartialUpdate);
    }

    // Which rows a former event found is not known any more: deletes end here, and what is found replaces what had its key.
    private void AppendEach(EventBlock input, int row, StepScope step)
    {
        if (input.Opcodes[row] is Opcode.Delete or Opcode.SafeDelete)
        {
            return;
        }

        var opcode = rows is null && input.Opcodes[row] == Opcode.Insert ? Opcode.Insert : Opcode.Upsert;
        for (var slot = model.Lookup.First(input, row); slot >= 0; slot = model.Lookup.Next(slot))
        {
            if (HasNullKey(slot))
            {
                step.ReportBadEvent($"A row that is found has no value for a key: {EventText.Key(input, row)}.");
                continue;
            }

            Append(input, row, slot);
            _values.Append(opcode, EventFlags.None);
        }
    }

    private bool HasNullKey(int slot)
    {
        foreach (var key in Schema.KeyIndexes)
        {
            if (model.Values[key].Source == StateSource.Row && Table.Rows.Column(model.Values[key].Index).IsNull(slot))
            {
                return true;
            }
        }

        return false;
    }

    // All values but those of functions, whose columns are set down for the caller.
    private void Append(EventBlock input, int row, int slot)
    {
        for (var i = 0; i < model.Values.Length; i++)
        {
            var (value, target) = (model.Values[i], _values.Columns[i]);
            switch (value.Source)
            {
                case StateSource.Input:
                    target.AppendFrom(input.Columns[value.Index], row);
                    break;
                case StateSource.Aggregate:
                    _results[value.Index] = target;
                    break;
                case StateSource.Row when slot != None:
                    Table.Rows.Column(value.Index).AppendTo(slot, target);
                    break;
                default:
                    target.AppendNull();
                    break;
            }
        }
    }
}
