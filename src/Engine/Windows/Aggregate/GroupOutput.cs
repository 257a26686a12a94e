using Lockstep.Contracts.Events;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.Windows.Compute;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>
/// Writes what leaves an aggregate window for the groups that a block touched, column by column: the new rows by the
/// expressions, the former ones as they left.
/// </summary>
internal sealed class GroupOutput
{
    private readonly Schema _schema;
    private readonly GroupTable _groups;
    private readonly List<GroupResult> _results;
    private readonly FieldWriter?[] _writers;
    private readonly Frame _frame;
    private readonly EventBlock _values;
    private readonly EventBlock _computed;

    // By output field, where each is a function alone: that function; null for keys. Empty where there are expressions of functions.
    private readonly GroupResult?[] _alone;
    private int[] _alive = [];
    private int[] _rows = [];
    private SlotChange[] _changes = [];
    private Opcode[] _opcodes = [];
    private EventFlags[] _flags = [];

    public GroupOutput(Schema schema, AggregateModel model)
    {
        _schema = schema;
        _groups = model.Groups;
        _results = model.Functions.Results;
        _writers = model.Writers;
        _frame = model.Frame;
        _values = new EventBlock(model.Results);
        _computed = new EventBlock(schema);
        IsPure = Array.TrueForAll(_writers, w => w?.IsPure != false);
        var keys = schema.KeyIndexes.Length;
        _alone = Array.TrueForAll(_writers, w => w is null || (w is CopiedField copied && copied.Source >= keys))
            ? Array.ConvertAll(_writers, w => w is CopiedField copied ? _results[copied.Source - keys] : null) : [];
    }

    /// <summary>True when rows depend on groups alone.</summary>
    public bool IsPure { get; }

    /// <summary>Appends the net change of each group, in order, and keeps the new rows.</summary>
    /// <param name="touched">The groups, each once; those without members are removed by the caller afterwards.</param>
    /// <param name="flags">By group: flags of the last event that took a member out.</param>
    /// <param name="output">The window's output.</param>
    /// <param name="step">The step.</param>
    public void Write(ReadOnlySpan<int> touched, EventFlags[] flags, EventBlock output, StepScope step)
    {
        if (touched.IsEmpty)
        {
            return;
        }

        Compute(touched, step);
        var count = 0;
        for (var i = 0; i < touched.Length; i++)
        {
            // The former row leaves with the new one, or when the group is gone; it stays when there is no new one for a failure.
            var group = touched[i];
            var (isNew, isGone) = (_rows[i] >= 0, _groups.Members(group) == 0);
            ref var hasRow = ref _groups.HasRow(group);
            var isOld = hasRow && (isNew || isGone);
            _changes[i] = new SlotChange(group, _rows[i], isOld);
            if (isNew)
            {
                (_opcodes[count], _flags[count++]) = (isOld ? Opcode.UpdateBlock : Opcode.Insert, EventFlags.None);
            }

            if (isOld)
            {
                (_opcodes[count], _flags[count++]) = (Opcode.Delete, isNew ? EventFlags.None : flags[group] & EventFlags.Retention);
            }

            hasRow = isNew || (hasRow && !isGone);
        }

        output.AppendAll(_opcodes.AsSpan(0, count), _flags.AsSpan(0, count));
        var changes = _changes.AsSpan(0, touched.Length);
        var keys = 0;
        for (var i = 0; i < _writers.Length; i++)
        {
            var column = output.Columns[i];
            if (_writers[i] is null)
            {
                _groups.Key(keys++).AppendChanges(changes, null, column);
            }
            else
            {
                _groups.Row(i).AppendChanges(changes, _computed.Columns[i], column);
            }
        }
    }

    private void Compute(ReadOnlySpan<int> touched, StepScope step)
    {
        if (_rows.Length < touched.Length)
        {
            _rows = new int[Math.Max(touched.Length, 2 * _rows.Length)];
            _alive = new int[_rows.Length];
            _changes = new SlotChange[_rows.Length];
            _opcodes = new Opcode[2 * _rows.Length];
            _flags = new EventFlags[_opcodes.Length];
        }

        _computed.Clear();
        var count = 0;
        for (var i = 0; i < touched.Length; i++)
        {
            var isAlive = _groups.Members(touched[i]) > 0;
            _rows[i] = isAlive ? count : -1;
            if (isAlive)
            {
                _alive[count++] = touched[i];
            }
        }

        var alive = _alive.AsSpan(0, count);
        for (var i = 0; i < _alone.Length; i++)
        {
            _alone[i]?.Append(alive, _computed.Columns[i]);
        }

        if (_alone.Length == 0)
        {
            ComputeFields(touched, alive, step);
        }
    }

    private void ComputeFields(ReadOnlySpan<int> touched, ReadOnlySpan<int> alive, StepScope step)
    {
        _values.Clear();
        for (var i = 0; i < alive.Length; i++)
        {
            _values.Append(Opcode.Insert);
        }

        var keys = _schema.KeyIndexes.Length;
        for (var i = 0; i < keys; i++)
        {
            _groups.Key(i).AppendSlots(alive, _values.Columns[i]);
        }

        for (var i = 0; i < _results.Count; i++)
        {
            _results[i].Append(alive, _values.Columns[keys + i]);
        }

        _frame.Bind(_values, step.Now);
        if (IsPure)
        {
            for (var i = 0; i < _writers.Length; i++)
            {
                _writers[i]?.WriteAll(_values, _frame, _computed.Columns[i]);
            }
        }
        else
        {
            ComputeRows(touched, step);
        }
    }

    private void ComputeRows(ReadOnlySpan<int> touched, StepScope step)
    {
        var computed = 0;
        for (var i = 0; i < touched.Length; i++)
        {
            if (_rows[i] >= 0)
            {
                _frame.MoveTo(_rows[i]);
                _rows[i] = TryWrite(computed, step) ? computed++ : -1;
            }
        }
    }

    private bool TryWrite(int count, StepScope step)
    {
        try
        {
            for (var i = 0; i < _writers.Length; i++)
            {
                _writers[i]?.Write(_values, _frame, _computed.Columns[i]);
            }

            return true;
        }
        catch (LoopLimitException error)
        {
            foreach (var column in _computed.Columns)
            {
                column.Truncate(count);
            }

            step.ReportBadEvent($"{error.Message} The group keeps its former row.");
            return false;
        }
    }
}
