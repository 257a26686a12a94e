using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>What a Summary window's model comes to.</summary>
/// <param name="WindowLength">Events it slides over; 0 for all.</param>
/// <param name="Input">Index of the input field.</param>
/// <param name="Sources">By output field: index of the input field passed on, or -1.</param>
/// <param name="Statistics">By output field: what it shows; null for none.</param>
internal sealed record SummaryModel(int WindowLength, int Input, int[] Sources, Statistic?[] Statistics);

/// <summary>
/// window-calculate with algorithm Summary: each insert or update is an observation and gives one output event with the statistics
/// of the last n observations. Deletes take no observation back: with rows they pass on as the Delete of the stored output row;
/// without, they end here, and an update block leaves as an Upsert.
/// </summary>
internal sealed class SummaryWindow(string name, Schema schema, SummaryModel model, KeyedRows? rows)
    : Window(name, schema)
{
    private readonly SummaryState _state = new(
        model.WindowLength, [.. model.Statistics.OfType<Statistic>()]);
    private readonly EventBlock _computed = new(schema);
    private readonly int _onlySum = OnlySum(model);
    private double[] _values = [];

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        var target = rows is null ? Output : _computed;
        if (rows is not null)
        {
            _computed.Clear();
        }

        ReadValues(input);
        if (rows is null && input.Opcodes.ContainsAnyExcept(Opcode.Insert))
        {
            WriteEvents(input, target);
        }
        else
        {
            WriteBlock(input, target);
        }

        rows?.Apply(_computed, Output, step);
    }

    /// <inheritdoc/>
    public override bool MapsInserts => rows is null;

    /// <inheritdoc/>
    public override WindowState State => WindowState.Running | KeyedRows.StateOf(rows);

    /// <inheritdoc/>
    public override KeyedRows? Kept => rows;

    /// <inheritdoc/>
    public override ulong Digest() => StateHash.Combine(_state.Digest(), rows?.Digest() ?? 0);

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer)
    {
        _state.WriteState(writer);
        rows?.WriteState(writer);
    }

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader)
    {
        _state.ReadState(reader);
        rows?.ReadState(reader);
    }

    private static int OnlySum(SummaryModel model)
    {
        var only = Array.FindIndex(model.Statistics, s => s is not null);
        var isAlone = only >= 0 && model.Statistics.Count(s => s is not null) == 1;
        return isAlone && model.Statistics[only] == Statistic.Sum ? only : -1;
    }

    private void ReadValues(EventBlock input)
    {
        if (_values.Length < input.Count)
        {
            _values = new double[Math.Max(input.Count, 2 * _values.Length)];
        }

        var column = input.Columns[model.Input];
        switch (column)
        {
            case Column<double> doubles:
                doubles.Values.CopyTo(_values);
                break;
            case Column<long> whole:
                var from = whole.Values;
                for (var i = 0; i < from.Length; i++)
                {
                    _values[i] = from[i];
                }

                break;
            case Column<decimal> amounts:
                for (var i = 0; i < amounts.Count; i++)
                {
                    _values[i] = (double)amounts[i];
                }

                break;
        }

        for (var i = 0; column.HasNulls && i < column.Count; i++)
        {
            _values[i] = column.IsNull(i) ? double.NaN : _values[i];
        }
    }

    private void WriteBlock(EventBlock input, EventBlock target)
    {
        for (var i = 0; i < model.Sources.Length; i++)
        {
            if (model.Sources[i] >= 0)
            {
                target.Columns[i].AppendAll(input.Columns[model.Sources[i]]);
            }
        }

        if (_onlySum >= 0)
        {
            PushAll(input.Opcodes, target.Columns[_onlySum]);
        }
        else
        {
            for (var row = 0; row < input.Count; row++)
            {
                if (KeyedRows.IsDelete(input.Opcodes[row]))
                {
                    AppendUnread(target);
                }
                else
                {
                    _state.Push(_values[row]);
                    AppendStatistics(target);
                }
            }
        }

        AppendNulls(target, input.Count);
        target.AppendAll(input.Opcodes, input.Flags);
    }

    // One sum is the common case: no look at the list of statistics for each event.
    private void PushAll(ReadOnlySpan<Opcode> opcodes, Column target)
    {
        var (doubles, whole) = (target as Column<double>, target as Column<long>);
        for (var row = 0; row < opcodes.Length; row++)
        {
            if (KeyedRows.IsDelete(opcodes[row]))
            {
                KeyedRows.AppendUnread(target);
                continue;
            }

            _state.Push(_values[row]);
            if (_state.Count == 0)
            {
                target.AppendNull();
            }
            else if (doubles is not null)
            {
                doubles.Append(_state.Sum);
            }
            else if (whole is not null && NumberField.ToWhole(_state.Sum, target.Type) is { } number)
            {
                whole.Append(number);
            }
            else
            {
                target.AppendNull();
            }
        }
    }

    // Without rows: deletes end here, and only an update's new half goes on.
    private void WriteEvents(EventBlock input, EventBlock target)
    {
        for (var row = 0; row < input.Count; row++)
        {
            var opcode = input.Opcodes[row];
            if (KeyedRows.IsDelete(opcode))
            {
                continue;
            }

            _state.Push(_values[row]);
            for (var i = 0; i < model.Sources.Length; i++)
            {
                if (model.Sources[i] >= 0)
                {
                    target.Columns[i].AppendFrom(input.Columns[model.Sources[i]], row);
                }
            }

            AppendStatistics(target);
            AppendNulls(target, 1);
            target.Append(opcode == Opcode.UpdateBlock ? Opcode.Upsert : opcode, input.Flags[row]);
        }
    }

    private void AppendUnread(EventBlock target)
    {
        for (var i = 0; i < model.Statistics.Length; i++)
        {
            if (model.Statistics[i] is not null)
            {
                KeyedRows.AppendUnread(target.Columns[i]);
            }
        }
    }

    private void AppendNulls(EventBlock target, int count)
    {
        for (var i = 0; i < model.Sources.Length; i++)
        {
            for (var n = 0; model.Sources[i] < 0 && model.Statistics[i] is null && n < count; n++)
            {
                target.Columns[i].AppendNull();
            }
        }
    }

    private void AppendStatistics(EventBlock target)
    {
        for (var i = 0; i < model.Statistics.Length; i++)
        {
            if (model.Statistics[i] is { } statistic)
            {
                NumberField.Append(target.Columns[i], _state.Get(statistic));
            }
        }
    }
}
