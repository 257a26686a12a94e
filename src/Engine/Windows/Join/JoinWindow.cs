using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Join;

/// <summary>
/// window-join (language.md 3.6): an event of one side gives a joined row with each row of the other side that it matches, or
/// alone where its side is preserved; when it changes rows that left before, those leave anew. A kept row is found by the
/// other side's events, the one unchanged longest first.
/// </summary>
/// <param name="name"><c>contquery/window</c>.</param>
/// <param name="schema">Schema of what goes out.</param>
/// <param name="model">The join.</param>
/// <param name="rows">Rows of the output; for <see cref="JoinMode.Rows"/>, null else.</param>
internal sealed class JoinWindow(string name, Schema schema, JoinModel model, KeyedRows? rows) : Window(name, schema)
{
    private const int None = -1;
    private readonly JoinedEvents _joined = new(model);
    private readonly EventBlock _changes = new(schema);
    private readonly int[] _leftProbe = model.Right.Side.ProbeFrom(model.Left.Side);
    private readonly int[] _rightProbe = model.Left.Side.ProbeFrom(model.Right.Side);

    // Of the block that is processed.
    private EventBlock _events = new(schema, 1);
    private JoinRole _own = model.Left;
    private JoinRole _other = model.Right;
    private int[] _probe = [];
    private int[] _found = [];
    private EventFlags _eventFlags;
    private Opcode _eventOpcode;

    /// <summary>The side that an input is.</summary>
    public bool IsRight(int input) => model.Sides[input];

    /// <inheritdoc/>
    public override WindowState State => KeyedRows.StateOf(rows)
        | (model.Left.Side.Keeps ? WindowState.LeftRows : WindowState.None)
        | (model.Right.Side.Keeps ? WindowState.RightRows : WindowState.None)
        | (model.Frame.HasVariables ? WindowState.Variables : WindowState.None);

    /// <inheritdoc/>
    public override ulong StateSchema =>
        StateHash.Combine(base.StateSchema, StateHash.Combine(model.Left.Side.Schema.Id, model.Right.Side.Schema.Id));

    /// <inheritdoc/>
    public override KeyedRows? Kept => rows;

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        var isRight = model.Sides[inputIndex];
        (_own, _other, _probe) = isRight
            ? (model.Right, model.Left, _rightProbe)
            : (model.Left, model.Right, _leftProbe);
        if (_own.Side.Keeps)
        {
            ChangeRows(_own.Side.Narrow(input), step);
        }
        else
        {
            _events = input;
            LookUp(input);
        }

        if (_joined.Count == 0)
        {
            return;
        }

        _changes.Clear();
        _joined.WriteTo(rows is null ? Output : _changes, _events, isRight, keysOfDeletes: rows is not null, step);
        rows?.Apply(_changes, Output, step);
    }

    /// <inheritdoc/>
    public override ulong Digest() => StateHash.Combine(
        StateHash.Combine(model.Left.Side.Digest(), model.Right.Side.Digest()),
        StateHash.Combine(model.Frame.Digest(), rows?.Digest() ?? 0));

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer)
    {
        model.Frame.WriteState(writer);
        model.Left.Side.WriteState(writer);
        model.Right.Side.WriteState(writer);
        rows?.WriteState(writer);
    }

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader)
    {
        model.Frame.ReadState(reader);
        model.Left.Side.ReadState(reader);
        model.Right.Side.ReadState(reader);
        rows?.ReadState(reader);
    }

    // Events of a side whose rows are kept: the rows say what was before.
    private void ChangeRows(EventBlock input, StepScope step)
    {
        var side = _own.Side;
        _events = side.BeginResolved();
        for (var row = 0; row < input.Count; row++)
        {
            var at = _events.Count;
            row += side.Resolve(input, row, step);
            if (_events.Count == at)
            {
                continue;
            }

            var isDelete = _events.Opcodes[at] == Opcode.Delete;
            (_eventOpcode, _eventFlags) = (isDelete ? Opcode.Delete : Opcode.Insert, _events.Flags[at]);
            Change(isDelete ? at : _events.Count - at == 2 ? at + 1 : None, isDelete ? None : at);
            if (!isDelete)
            {
                side.LinkChanged();
            }
        }
    }

    // Events of a side that is not kept: what was before is said by the event, by rows of the output, or not at all.
    private void LookUp(EventBlock input)
    {
        var byKey = rows is not null && _own.IsKey;
        var isSimple = !_other.IsPreserved && !input.Opcodes.ContainsAnyExcept(Opcode.Insert);
        if (isSimple && _other.Side.IsByKey)
        {
            AddFound(input);
            return;
        }

        for (var row = 0; row < input.Count; row++)
        {
            (_eventOpcode, _eventFlags) = (input.Opcodes[row], input.Flags[row]);
            var isPair = _eventOpcode == Opcode.UpdateBlock && KeyedRows.IsPair(input, row);
            if (isSimple)
            {
                AddMatches(row);
            }
            else if (byKey)
            {
                Put(row);
            }
            else if (_eventOpcode is Opcode.Delete or Opcode.SafeDelete)
            {
                Change(row, None);
            }
            else
            {
                Change(isPair ? row + 1 : None, row);
            }

            row += isPair ? 1 : 0;
        }
    }

    private void AddFound(EventBlock input)
    {
        if (_found.Length < input.Count)
        {
            _found = new int[Math.Max(input.Count, 2 * _found.Length)];
        }

        var found = _found.AsSpan(0, input.Count);
        _other.Side.Find(input, _probe, found);
        for (var row = 0; row < found.Length; row++)
        {
            if (found[row] != None || _own.IsPreserved)
            {
                _joined.Add(Opcode.Insert, input.Flags[row], row, found[row]);
            }
        }
    }

    private void AddMatches(int row)
    {
        var slot = _other.Side.First(_events, _probe, row);
        if (slot == None && _own.IsPreserved)
        {
            _joined.Add(Opcode.Insert, _eventFlags, row, None);
        }

        for (; slot != None; slot = _other.Side.Next(slot))
        {
            _joined.Add(Opcode.Insert, _eventFlags, row, slot);
        }
    }

    // The key of the output is the event's: at most one row, which is put or taken out whatever it was.
    private void Put(int row)
    {
        var match = _other.Side.First(_events, _probe, row);
        if (_eventOpcode is not (Opcode.Delete or Opcode.SafeDelete) && (match != None || _own.IsPreserved))
        {
            _joined.Add(_eventOpcode == Opcode.Insert && !_other.IsPreserved ? Opcode.Insert : Opcode.Upsert, _eventFlags, row, match);
        }
        else if (match != None && _other.IsPreserved)
        {
            _joined.Add(Opcode.Upsert, EventFlags.None, None, match);
        }
        else if (_eventOpcode != Opcode.Insert)
        {
            _joined.Add(Opcode.SafeDelete, _eventFlags, row, None);
        }
    }

    /// <summary>An event of one side: from its old values to its new ones, -1 for none.</summary>
    private void Change(int old, int now)
    {
        if (old == None || now == None)
        {
            Leave(old);
            Come(now);
        }
        else if (_own.Side.MatchAlike(_events, old, now))
        {
            var slot = _other.Side.First(_events, _probe, now);
            if (slot == None && _own.IsPreserved)
            {
                Updated(now, None, old, None);
            }

            for (; slot != None; slot = _other.Side.Next(slot))
            {
                Updated(now, slot, old, slot);
            }
        }
        else if (_own.IsKey)
        {
            Replace(old, now);
        }
        else
        {
            Leave(old);
            Come(now);
        }
    }

    // The output's key is this side's: one row before at most, and one after.
    private void Replace(int old, int now)
    {
        var (former, match) = (_other.Side.First(_events, _probe, old), _other.Side.First(_events, _probe, now));
        var (was, isThere) = (former != None || _own.IsPreserved, match != None || _own.IsPreserved);
        if (was && isThere)
        {
            Updated(now, match, old, former);
        }
        else if (was)
        {
            Removed(old, former);
        }
        else if (isThere)
        {
            Added(now, match);
        }
    }

    private void Leave(int old)
    {
        if (old == None)
        {
            return;
        }

        var slot = _other.Side.First(_events, _probe, old);
        if (slot == None && _own.IsPreserved)
        {
            Removed(old, None);
        }

        var isAlone = slot != None && _other.IsPreserved && !_own.Side.HasOthers(old);
        for (; slot != None; slot = _other.Side.Next(slot))
        {
            if (isAlone && _other.IsKey)
            {
                Updated(None, slot, old, slot);
            }
            else
            {
                Removed(old, slot);
                if (isAlone)
                {
                    Added(None, slot);
                }
            }
        }
    }

    private void Come(int now)
    {
        if (now == None)
        {
            return;
        }

        var slot = _other.Side.First(_events, _probe, now);
        if (slot == None && _own.IsPreserved)
        {
            Added(now, None);
        }

        var isFirst = slot != None && _other.IsPreserved && !_own.Side.HasOthers(now);
        for (; slot != None; slot = _other.Side.Next(slot))
        {
            if (isFirst && _other.IsKey)
            {
                Updated(now, slot, None, slot);
            }
            else
            {
                if (isFirst)
                {
                    Removed(None, slot);
                }

                Added(now, slot);
            }
        }
    }

    private void Added(int row, int slot)
    {
        var opcode = model.Mode == JoinMode.Rows ? Opcode.Upsert
            : row == None || _eventOpcode is Opcode.UpdateBlock or Opcode.Delete or Opcode.SafeDelete ? Opcode.Insert : _eventOpcode;
        _joined.Add(opcode, row == None ? EventFlags.None : _eventFlags, row, slot);
    }

    private void Removed(int row, int slot)
    {
        var opcode = model.Mode == JoinMode.Rows || _eventOpcode == Opcode.SafeDelete ? Opcode.SafeDelete : Opcode.Delete;
        _joined.Add(opcode, _eventFlags & EventFlags.Retention, row, slot);
    }

    private void Updated(int row, int slot, int oldRow, int oldSlot)
    {
        var isNew = model.Mode == JoinMode.Rows || (model.Mode == JoinMode.Stateless && !_own.IsKey);
        _joined.Add(isNew ? Opcode.Upsert : Opcode.UpdateBlock, EventFlags.None, row, slot);
        if (!isNew)
        {
            _joined.Add(Opcode.Delete, EventFlags.None, oldRow, oldSlot);
        }
    }
}
