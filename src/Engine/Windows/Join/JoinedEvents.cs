using Lockstep.Contracts.Events;
using Lockstep.Engine.Expressions;

namespace Lockstep.Engine.Windows.Join;

/// <summary>
/// The joined rows that the events of one block give: each an event of the block and a kept row of the other side, one of
/// which may be absent. They are collected first and written column by column.
/// </summary>
internal sealed class JoinedEvents(JoinModel model)
{
    private const int Absent = -1;
    private readonly bool _isPure = Array.TrueForAll(model.Fields, f => f.Writer?.IsPure != false);
    private readonly EventBlock _values = new(model.Visible);
    private readonly int _leftFields = model.Left.Side.InputFields;
    private Opcode[] _opcodes = new Opcode[64];
    private EventFlags[] _flags = new EventFlags[64];
    private int[] _rows = new int[64];
    private int[] _slots = new int[64];
    private bool _hasAbsent;

    /// <summary>How many.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a joined row.</summary>
    /// <param name="opcode">Its opcode.</param>
    /// <param name="flags">Its flags.</param>
    /// <param name="row">The event; -1 for none.</param>
    /// <param name="slot">The other side's row; -1 for none.</param>
    public void Add(Opcode opcode, EventFlags flags, int row, int slot)
    {
        if (Count == _rows.Length)
        {
            Array.Resize(ref _opcodes, 2 * Count);
            Array.Resize(ref _flags, 2 * Count);
            Array.Resize(ref _rows, 2 * Count);
            Array.Resize(ref _slots, 2 * Count);
        }

        (_opcodes[Count], _flags[Count], _rows[Count], _slots[Count]) = (opcode, flags, row, slot);
        _hasAbsent |= row == Absent;
        Count++;
    }

    /// <summary>Appends the joined rows to a block and forgets them.</summary>
    /// <param name="events">The events.</param>
    /// <param name="isRight">The side they are of.</param>
    /// <param name="keysOfDeletes">True: of deletes only keys count.</param>
    /// <param name="target">Gets them.</param>
    /// <param name="step">The step.</param>
    public void WriteTo(EventBlock target, EventBlock events, bool isRight, bool keysOfDeletes, StepScope step)
    {
        Compute(target, events, isRight, keysOfDeletes, step);
        for (var i = 0; i < model.Fields.Length; i++)
        {
            var field = model.Fields[i];
            if (field.Partner >= 0)
            {
                AppendEither(field, events, isRight, target.Columns[i]);
            }
            else if (field.Writer is null)
            {
                AppendFrom(field.IsRight, field.Index, events, isRight, target.Columns[i]);
            }
        }

        target.AppendAll(_opcodes.AsSpan(0, Count), _flags.AsSpan(0, Count));
        Count = 0;
        _hasAbsent = false;
    }

    private JoinSide Side(bool isRight) => isRight ? model.Right.Side : model.Left.Side;

    private void AppendFrom(bool ofRight, int index, EventBlock events, bool isRight, Column target)
    {
        if (ofRight == isRight)
        {
            AppendEvents(events.Columns[Side(isRight).PlaceOf(index)], target);
        }
        else if (Side(ofRight).Stored(index) is { } stored)
        {
            stored.AppendSlots(_slots.AsSpan(0, Count), target);
        }
        else
        {
            for (var i = 0; i < Count; i++)
            {
                target.AppendNull();
            }
        }
    }

    private void AppendEvents(Column source, Column target)
    {
        if (!_hasAbsent)
        {
            target.AppendRows(source, _rows.AsSpan(0, Count));
            return;
        }

        foreach (var row in _rows.AsSpan(0, Count))
        {
            if (row == Absent)
            {
                target.AppendNull();
            }
            else
            {
                target.AppendFrom(source, row);
            }
        }
    }

    // Both sides have the value: the event where there is one, else the other side's row.
    private void AppendEither(JoinedField field, EventBlock events, bool isRight, Column target)
    {
        var (own, other) = field.IsRight == isRight ? (field.Index, field.Partner) : (field.Partner, field.Index);
        var source = events.Columns[Side(isRight).PlaceOf(own)];
        var stored = Side(!isRight).Stored(other);
        for (var i = 0; i < Count; i++)
        {
            if (_rows[i] != Absent)
            {
                target.AppendFrom(source, _rows[i]);
            }
            else
            {
                stored!.AppendTo(_slots[i], target);
            }
        }
    }

    private void Compute(EventBlock target, EventBlock events, bool isRight, bool keysOfDeletes, StepScope step)
    {
        if (!Array.Exists(model.Fields, f => f.Writer is not null))
        {
            return;
        }

        _values.Clear();
        foreach (var used in model.UsedFields)
        {
            var ofRight = used >= _leftFields;
            AppendFrom(ofRight, ofRight ? used - _leftFields : used, events, isRight, _values.Columns[used]);
        }

        _values.AppendAll(_opcodes.AsSpan(0, Count), _flags.AsSpan(0, Count));
        model.Frame.Bind(_values, step.Now);
        if (!_isPure)
        {
            ComputeRows(target, keysOfDeletes, step);
            return;
        }

        for (var i = 0; i < model.Fields.Length; i++)
        {
            model.Fields[i].Writer?.WriteAll(_values, model.Frame, target.Columns[i]);
        }
    }

    // Row by row in order, since expressions share variables; rows that fail are dropped, a pair as a whole.
    private void ComputeRows(EventBlock target, bool keysOfDeletes, StepScope step)
    {
        var done = 0;
        for (var i = 0; i < Count; i++)
        {
            model.Frame.MoveTo(i);
            var isDelete = _opcodes[i] is Opcode.Delete or Opcode.SafeDelete;
            if (TryWrite(target, target.Count + done, keysOfDeletes && isDelete, step))
            {
                (_opcodes[done], _flags[done], _rows[done], _slots[done]) = (_opcodes[i], _flags[i], _rows[i], _slots[i]);
                done++;
            }
            else if (_opcodes[i] == Opcode.UpdateBlock)
            {
                i++;
            }
        }

        Count = done;
    }

    private bool TryWrite(EventBlock target, int count, bool nulls, StepScope step)
    {
        try
        {
            for (var i = 0; i < model.Fields.Length; i++)
            {
                if (nulls && model.Fields[i].Writer is not null)
                {
                    target.Columns[i].AppendNull();
                }
                else
                {
                    model.Fields[i].Writer?.Write(_values, model.Frame, target.Columns[i]);
                }
            }

            return true;
        }
        catch (LoopLimitException error)
        {
            foreach (var column in target.Columns)
            {
                column.Truncate(count);
            }

            step.ReportBadEvent($"{error.Message} A joined row was dropped.");
            return false;
        }
    }
}
