using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>
/// window-aggregate: groups events by key fields and gives one net change a group and input block (language.md 3.8, 6c): Insert
/// for a new group, an update block with its delete for one that changed, Delete for one whose last member is gone. An
/// update is a member that changes, perhaps to another group, which then both change; deletes, by retention too, take their
/// member out. Where opcodes can come unresolved the window keeps the rows of its input to resolve them.
/// </summary>
/// <param name="name"><c>contquery/window</c>.</param>
/// <param name="schema">Schema of what goes out.</param>
/// <param name="input">Schema of what comes in.</param>
/// <param name="model">Groups, functions and expressions.</param>
/// <param name="rows">Rows of the input; null where what comes in is resolved or only inserts.</param>
internal sealed class AggregateWindow(string name, Schema schema, Schema input, AggregateModel model, KeyedRows? rows)
    : Window(name, schema)
{
    private readonly GroupTable _groups = model.Groups;
    private readonly MemberStore? _members = model.Functions.Members;
    private readonly GroupState[] _states = [.. model.Functions.States];
    private readonly EventBlock _resolved = new(input);
    private readonly GroupOutput _output = new(schema, model);
    private GroupChange[] _changes = new GroupChange[64];
    private int _changeCount;
    private bool[] _isTouched = [];
    private EventFlags[] _lastFlags = [];
    private ulong[] _hashes = [];

    // Groups that changed since their hash was taken, each once: many blocks may come before somebody asks for the digest.
    private bool[] _isStale = [];
    private int[] _stale = [];
    private int _staleCount;
    private int[] _touched = [];
    private int _touchedCount;
    private ulong _hash;

    /// <inheritdoc/>
    public override WindowState State => WindowState.Running | KeyedRows.StateOf(rows)
        | (_members?.CanGo == true ? WindowState.Members : WindowState.None)
        | (model.Frame.HasVariables ? WindowState.Variables : WindowState.None);

    /// <inheritdoc/>
    public override ulong StateSchema => StateHash.Combine(StateHash.Combine(base.StateSchema, model.Results.Id),
        rows is not null ? input.Id : new Schema(input.KeyIndexes.Select(k => input.Fields[k])).Id);

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        var events = input;
        if (rows is not null)
        {
            events = _resolved;
            events.Clear();
            rows.Apply(input, events, step);
        }

        Resolve(events, step);
        _members?.Apply(events);
        foreach (var state in _states)
        {
            state.Apply(_changes.AsSpan(0, _changeCount), events, step.Now);
        }

        _output.Write(_touched.AsSpan(0, _touchedCount), _lastFlags, Output, step);
        Settle();
    }

    /// <inheritdoc/>
    public override ulong Digest()
    {
        foreach (var group in _stale.AsSpan(0, _staleCount))
        {
            _isStale[group] = false;
            if (_groups.Members(group) > 0)
            {
                Rehash(group);
                _members?.HashNew(group);
            }
        }

        _staleCount = 0;
        _members?.EndHashing();
        return StateHash.Combine(
            StateHash.Combine(_hash, _members?.Hash ?? 0), StateHash.Combine(model.Frame.Digest(), rows?.Digest() ?? 0));
    }

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer)
    {
        model.Frame.WriteState(writer);
        rows?.WriteState(writer);
        writer.Write(_groups.Count);
        for (var group = _groups.Oldest; group >= 0; group = _groups.After(group))
        {
            _groups.Write(group, writer);
            foreach (var state in _states)
            {
                state.Write(group, writer);
            }

            _members?.Write(group, writer);
        }

        _members?.WriteCounters(writer);
    }

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader)
    {
        model.Frame.ReadState(reader);
        rows?.ReadState(reader);
        for (var count = reader.ReadCount(); count > 0; count--)
        {
            var group = _groups.Read(reader);
            Reserve();
            foreach (var state in _states)
            {
                state.Read(group, reader);
            }

            _members?.Read(group, reader);
            MarkStale(group);
        }

        _members?.ReadCounters(reader);
    }

    // Finds the group of each event and applies to the members what it does; the other states take all changes together.
    private void Resolve(EventBlock events, StepScope step)
    {
        _touchedCount = 0;
        _changeCount = 0;
        if (_changes.Length < events.Count)
        {
            _changes = new GroupChange[Math.Max(events.Count, 2 * _changes.Length)];
        }

        _groups.FindAll(events);
        var opcodes = events.Opcodes;
        for (var row = 0; row < opcodes.Length; row++)
        {
            switch (opcodes[row])
            {
                case Opcode.Delete or Opcode.SafeDelete:
                    Remove(events, row, step);
                    break;
                case Opcode.UpdateBlock when KeyedRows.IsPair(events, row):
                    // An update takes the old member out before it adds the new one, so the old group comes first.
                    if (_groups.Of(events, row + 1) is >= 0 and var former)
                    {
                        Touch(former);
                    }

                    Add(events, row);
                    break;
                default:
                    Add(events, row);
                    break;
            }
        }
    }

    private void Add(EventBlock events, int row)
    {
        var group = _groups.OfOrAdd(events, row);
        Reserve();
        Touch(group);
        _groups.Members(group)++;
        _members?.Add(group, events, row);
        _changes[_changeCount++] = new GroupChange(row, group, ChangeKind.Added, IsOwnDelete: false);
    }

    private void Remove(EventBlock events, int row, StepScope step)
    {
        var group = _groups.Of(events, row);
        if (_members is not null && group >= 0)
        {
            var member = _members.Find(group, events, row);
            group = member >= 0 ? _members.GroupOf(member) : -1;
            if (member >= 0)
            {
                _members.Remove(member, events);
            }
        }

        if (group < 0 || _groups.Members(group) == 0)
        {
            step.ReportBadEvent($"Delete of an event that is in no group: {EventText.Key(events, row)}.");
            return;
        }

        Touch(group);
        var flags = events.Flags[row];
        var left = --_groups.Members(group);
        _lastFlags[group] = flags;
        var isOwn = !KeyedRows.IsHalf(events, row) && (flags & EventFlags.Retention) == 0;
        _changes[_changeCount++] = new GroupChange(row, group, left == 0 ? ChangeKind.Emptied : ChangeKind.Removed, isOwn);
    }

    private void Touch(int group)
    {
        if (!_isTouched[group])
        {
            _isTouched[group] = true;
            _touched[_touchedCount++] = group;
        }
    }

    // Makes room for all groups; each is touched once a block at most.
    private void Reserve()
    {
        var capacity = _groups.Capacity;
        if (capacity == _isTouched.Length)
        {
            return;
        }

        Array.Resize(ref _isTouched, capacity);
        Array.Resize(ref _touched, capacity);
        Array.Resize(ref _lastFlags, capacity);
        Array.Resize(ref _hashes, capacity);
        Array.Resize(ref _isStale, capacity);
        Array.Resize(ref _stale, capacity);
        _members?.ResizeGroups(capacity);
        foreach (var state in _states)
        {
            state.Resize(capacity);
        }
    }

    // Ends the block: groups without members go.
    private void Settle()
    {
        foreach (var group in _touched.AsSpan(0, _touchedCount))
        {
            _isTouched[group] = false;
            if (_groups.Members(group) > 0)
            {
                MarkStale(group);
                continue;
            }

            _hash -= _hashes[group];
            _hashes[group] = 0;
            foreach (var state in _states)
            {
                state.Reset(group);
            }

            _groups.Remove(group);
        }
    }

    private void MarkStale(int group)
    {
        if (!_isStale[group])
        {
            _isStale[group] = true;
            _stale[_staleCount++] = group;
        }
    }

    private void Rehash(int group)
    {
        var hash = StateHash.Combine(_groups.KeyHash(group), (ulong)_groups.Members(group));
        foreach (var state in _states)
        {
            hash = StateHash.Combine(hash, state.Hash(group));
        }

        if (!_output.IsPure)
        {
            // Otherwise the row follows from the states.
            hash = StateHash.Combine(hash, _groups.RowHash(group));
        }

        _hash += hash - _hashes[group];
        _hashes[group] = hash;
    }
}
