using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Join;

/// <summary>
/// One input of a join: the fields of it that are used, and its rows where they are kept. Rows are found by the fields of the
/// conditions; a null there equals nothing, not even a null (the only place that says so).
/// </summary>
internal sealed class JoinSide
{
    private const int None = -1;
    private readonly int[] _used;
    private readonly int[] _places;
    private readonly int[] _conditions;
    private readonly KeyedRows? _rows;
    private readonly ConditionIndex? _index;
    private readonly EventBlock? _narrowed;
    private readonly EventBlock _resolved;
    private readonly bool _isFound;

    /// <param name="input">Schema of the input.</param>
    /// <param name="used">The fields that keys, conditions and output need, ascending.</param>
    /// <param name="conditions">The fields of the conditions, in their order.</param>
    /// <param name="keeps">True to keep rows.</param>
    /// <param name="isFound">True when events of the other side find the rows.</param>
    public JoinSide(Schema input, int[] used, int[] conditions, bool keeps, bool isFound)
    {
        var isNarrowed = keeps && used.Length < input.Fields.Length;
        Schema = isNarrowed ? new Schema(used.Select(i => input.Fields[i])) : input;
        _used = used;
        _places = [.. input.Fields.Select((_, i) => isNarrowed ? Array.IndexOf(used, i) : i)];
        _conditions = [.. conditions.Select(i => _places[i])];
        _narrowed = isNarrowed ? new EventBlock(Schema) : null;
        _resolved = new EventBlock(Schema);
        _isFound = isFound && keeps;
        if (keeps)
        {
            _rows = new KeyedRows(Schema, null);
            IsByKey = _conditions.ToHashSet().SetEquals(Schema.KeyIndexes) && _conditions.Length == Schema.KeyIndexes.Length;
            _index = IsByKey ? null : new ConditionIndex(_rows.Rows, _conditions);
        }
    }

    /// <summary>Schema of the events that are joined: what is kept, or the input.</summary>
    public Schema Schema { get; }

    /// <summary>How many fields the input has.</summary>
    public int InputFields => _places.Length;

    /// <summary>True when rows are kept.</summary>
    public bool Keeps => _rows is not null;

    /// <summary>True when the conditions are the key: at most one row is found.</summary>
    public bool IsByKey { get; }

    /// <summary>Hash of the rows.</summary>
    public ulong Digest() => _rows?.Digest() ?? 0;

    /// <summary>Where a field of the input stands in the events that are joined.</summary>
    public int PlaceOf(int field) => _places[field];

    /// <summary>The kept values of a field of the input; null where nothing is kept.</summary>
    public StoreColumn? Stored(int field) => _rows?.Rows.Column(_places[field]);

    /// <summary>The columns in which events of the other side have what this side's rows are found by.</summary>
    /// <param name="other">That side.</param>
    public int[] ProbeFrom(JoinSide other) => IsByKey
        ? [.. Schema.KeyIndexes.Select(k => other._conditions[Array.IndexOf(_conditions, k)])]
        : other._conditions;

    /// <summary>The first row that an event matches, or -1.</summary>
    /// <param name="events">Events of the other side.</param>
    /// <param name="probe">See <see cref="ProbeFrom"/>.</param>
    /// <param name="row">The event.</param>
    public int First(EventBlock events, int[] probe, int row)
    {
        if (!_isFound)
        {
            return None;
        }

        var columns = events.Columns;
        foreach (var field in probe)
        {
            if (columns[field].IsNull(row))
            {
                return None;
            }
        }

        return _index is null ? _rows!.Rows.Find(columns, probe, row) : _index.First(columns, probe, row);
    }

    /// <summary>
    /// The rows that the events of a block match, -1 for none; only where at most one matches (<see cref="IsByKey"/>).
    /// </summary>
    public void Find(EventBlock events, int[] probe, Span<int> slots)
    {
        if (_isFound)
        {
            _rows!.Rows.FindAll(events.Columns, probe, slots);
        }
        else
        {
            slots.Fill(None);
        }
    }

    /// <summary>The next row that the same event matches, or -1.</summary>
    public int Next(int slot) => _index is null ? None : _index.Next(slot);

    /// <summary>The events with the fields that are used; for events that are not kept as they are.</summary>
    public EventBlock Narrow(EventBlock input)
    {
        if (_narrowed is null)
        {
            return input;
        }

        _narrowed.Clear();
        for (var i = 0; i < _used.Length; i++)
        {
            _narrowed.Columns[i].AppendAll(input.Columns[_used[i]]);
        }

        _narrowed.AppendAll(input.Opcodes, input.Flags);
        return _narrowed;
    }

    /// <summary>Empties what <see cref="Resolve"/> gives; the block holds the events of one input block.</summary>
    public EventBlock BeginResolved()
    {
        _resolved.Clear();
        return _resolved;
    }

    /// <summary>
    /// Applies one event to the rows and appends what it comes to, to the block of <see cref="BeginResolved"/>. Until
    /// <see cref="LinkChanged"/> the row is not found.
    /// </summary>
    /// <returns>How many events after it were taken with it: 0 or 1.</returns>
    public int Resolve(EventBlock events, int row, StepScope step)
    {
        if (_index is not null && events.Opcodes[row] != Opcode.Insert && _rows!.Rows.Find(events, row) is >= 0 and var slot)
        {
            _index.Unlink(slot);
        }

        return _rows!.Apply(events, row, _resolved, step);
    }

    /// <summary>Lets the row that was just added or changed be found.</summary>
    public void LinkChanged() => _index?.Link(_rows!.Rows.Newest);

    /// <summary>True when another row, found by the same values as an event of this side, is kept.</summary>
    public bool HasOthers(int row) => _index is not null && !HasNull(_resolved, row)
        && _index.First(_resolved.Columns, _conditions, row) != None;

    /// <summary>True when two events of this side match the same rows.</summary>
    public bool MatchAlike(EventBlock events, int one, int other)
    {
        foreach (var field in _conditions)
        {
            if (!ColumnHash.AreEqual(events.Columns[field], one, other))
            {
                return false;
            }
        }

        return true;
    }

    public void WriteState(SnapshotWriter writer) => _rows?.WriteState(writer);

    public void ReadState(SnapshotReader reader)
    {
        _rows?.ReadState(reader);
        for (var slot = _index is null ? None : _rows!.Rows.Oldest; slot != None; slot = _rows!.Rows.After(slot))
        {
            _index!.Link(slot);
        }
    }

    private bool HasNull(EventBlock events, int row)
    {
        foreach (var field in _conditions)
        {
            if (events.Columns[field].IsNull(row))
            {
                return true;
            }
        }

        return false;
    }
}
