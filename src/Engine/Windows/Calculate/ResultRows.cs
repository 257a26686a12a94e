using Lockstep.Contracts.Events;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>
/// Takes the results of an algorithm and makes events of them: fields that the input has too are passed on, the others hold what
/// was set for them since the last event, else null. Arrays are objects of their own each time, since events keep them.
/// </summary>
internal sealed class ResultRows(Schema schema, int[] sources)
{
    private readonly double[] _numbers = Fill(schema);
    private readonly string?[] _texts = new string?[schema.Fields.Length];
    private readonly double[]?[] _items = new double[]?[schema.Fields.Length];
    private readonly int[] _counts = new int[schema.Fields.Length];
    private EventBlock? _input;
    private EventBlock? _target;
    private StepScope? _step;
    private int _row;
    private Opcode _opcode;

    /// <summary>Events that were made since <see cref="Begin"/>.</summary>
    public int Made { get; private set; }

    /// <summary>Sets the event that the next results are of.</summary>
    public void Begin(EventBlock input, int row, EventBlock target, Opcode opcode, StepScope step)
    {
        (_input, _row, _target, _opcode, _step) = (input, row, target, opcode, step);
        Made = 0;
    }

    /// <summary>Sets a number; NaN and infinities are null. Nothing for a role that the model does not map.</summary>
    public void Set(OutputPlaces? role, double value)
    {
        if (role is not null)
        {
            SetAll(role, [value]);
        }
    }

    /// <summary>Sets a number or null.</summary>
    public void Set(OutputPlaces? role, double? value) => Set(role, value ?? double.NaN);

    /// <summary>Sets text.</summary>
    public void Set(OutputPlaces? role, string? text)
    {
        if (role is not null)
        {
            _texts[role.Places[0].Field] = text;
        }
    }

    /// <summary>Sets the values of a list, as many as the role has places for; the other places stay null.</summary>
    public void SetAll(OutputPlaces? role, ReadOnlySpan<double> values)
    {
        foreach (var place in role?.Places ?? [])
        {
            if (values.IsEmpty)
            {
                return;
            }

            var taken = 1;
            if (place.IsArray)
            {
                taken = Math.Min(values.Length, place.Last - place.First + 1 ?? values.Length);
                SetItems(place.Field, place.First, values[..taken]);
            }
            else
            {
                _numbers[place.Field] = values[0];
            }

            values = values[taken..];
        }
    }

    /// <summary>Sets texts, as many as the role has places for; the other places stay null.</summary>
    public void SetAll(OutputPlaces? role, IReadOnlyList<string> texts)
    {
        for (var i = 0; i < Math.Min(role?.Places.Length ?? 0, texts.Count); i++)
        {
            _texts[role!.Places[i].Field] = texts[i];
        }
    }

    /// <summary>Makes no event of this one and reports it.</summary>
    /// <param name="why">A sentence.</param>
    public void Refuse(string why) => _step!.ReportBadEvent($"{why.TrimEnd('.')}: {EventText.Key(_input!, _row)}.");

    /// <summary>Makes an event of what was set. One without a key is a bad event.</summary>
    public void Emit()
    {
        var target = _target!;
        var start = target.Count;
        for (var i = 0; i < sources.Length; i++)
        {
            if (sources[i] >= 0)
            {
                target.Columns[i].AppendFrom(_input!.Columns[sources[i]], _row);
            }
            else
            {
                AppendResult(target.Columns[i], i);
            }
        }

        target.Append(_opcode, _input!.Flags[_row] & ~EventFlags.PartialUpdate);
        foreach (var key in schema.KeyIndexes)
        {
            if (target.Columns[key].IsNull(start))
            {
                target.Truncate(start);
                _step!.ReportBadEvent($"The result has no value for key {schema.Fields[key].Name}: {EventText.Key(_input!, _row)}.");
                return;
            }
        }

        Made++;
    }

    /// <summary>Appends a delete of the event's key, where the key is passed on.</summary>
    public void AppendDelete(EventBlock input, int row, EventBlock target, Opcode opcode)
    {
        for (var i = 0; i < sources.Length; i++)
        {
            if (sources[i] >= 0)
            {
                target.Columns[i].AppendFrom(input.Columns[sources[i]], row);
            }
            else
            {
                target.Columns[i].AppendNull();
            }
        }

        target.Append(opcode, input.Flags[row]);
    }

    private static double[] Fill(Schema schema)
    {
        var numbers = new double[schema.Fields.Length];
        Array.Fill(numbers, double.NaN);
        return numbers;
    }

    private void SetItems(int field, int first, ReadOnlySpan<double> values)
    {
        var count = Math.Max(_counts[field], first + values.Length);
        if (_items[field] is not { } items || items.Length < count)
        {
            items = new double[count];
            _items[field]?.CopyTo(items, 0);
            _items[field] = items;
        }

        items.AsSpan(_counts[field]..count).Fill(double.NaN);
        values.CopyTo(items.AsSpan(first));
        _counts[field] = count;
    }

    private void AppendResult(Column column, int field)
    {
        var number = _numbers[field];
        _numbers[field] = double.NaN;
        switch (column)
        {
            case Column<double> or Column<long> or Column<decimal> when double.IsFinite(number):
                NumberField.Append(column, number);
                break;
            case Column<string> c when _texts[field] is { } text:
                c.Append(text);
                _texts[field] = null;
                break;
            case Column<double?[]> c when _counts[field] > 0:
                c.Append(Items(field));
                break;
            case Column<long?[]> c when _counts[field] > 0:
                c.Append([.. Items(field).Select(n => NumberField.ToWhole(n, column.Type))]);
                break;
            default:
                column.AppendNull();
                break;
        }
    }

    private double?[] Items(int field)
    {
        var items = new double?[_counts[field]];
        for (var i = 0; i < items.Length; i++)
        {
            var item = _items[field]![i];
            items[i] = double.IsFinite(item) ? item : null;
        }

        _counts[field] = 0;
        return items;
    }
}
