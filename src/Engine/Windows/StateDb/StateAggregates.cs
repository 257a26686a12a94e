using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Windows.Aggregate;

namespace Lockstep.Engine.Windows.StateDb;

/// <summary>
/// Aggregate functions over the rows that one event finds: one group, filled and emptied at each lookup, so that it is no state. Of no
/// rows counts are 0 and the others null.
/// Costs as much as the event finds rows.
/// </summary>
internal sealed class StateAggregates
{
    private readonly GroupTable _groups;
    private readonly AggregateFunctions _functions;
    private readonly int[] _results;
    private readonly bool[] _counts;
    private readonly EventBlock _found;
    private readonly int[] _group;
    private GroupChange[] _changes = new GroupChange[16];

    /// <param name="stored">Schema of the rows.</param>
    /// <param name="selections">The functions with their fields.</param>
    /// <exception cref="ExpressionException">A function does not exist, or does not take the field.</exception>
    public StateAggregates(Schema stored, IReadOnlyList<StateDbSelection> selections)
    {
        _groups = new GroupTable(stored, [], new Schema([]));
        _functions = new AggregateFunctions(stored, _groups, insertOnly: true);
        _results = [.. selections.Select(Add)];
        _counts = [.. selections.Select(s => s.Aggregate.StartsWith("ESP_aCount", StringComparison.OrdinalIgnoreCase))];
        _found = new EventBlock(stored);
        _group = [MakeGroup(stored)];
        foreach (var state in _functions.States)
        {
            state.Resize(_groups.Capacity);
        }

        _functions.Members?.ResizeGroups(_groups.Capacity);
    }

    /// <summary>The type of a function's result.</summary>
    public FieldType TypeOf(int selection) => _functions.Results[_results[selection]].Type;

    /// <summary>Appends the results over the rows that an event finds, one to each column.</summary>
    public void Append(StateLookup lookup, EventBlock events, int row, long now, ReadOnlySpan<Column> targets)
    {
        _found.Clear();
        for (var slot = lookup.First(events, row); slot >= 0; slot = lookup.Next(slot))
        {
            lookup.Table.Rows.AppendTo(slot, _found, Opcode.Insert, EventFlags.None);
        }

        if (_found.Count == 0)
        {
            AppendNothing(targets);
            return;
        }

        Fill(now);
        for (var i = 0; i < _results.Length; i++)
        {
            _functions.Results[_results[i]].Append(_group, targets[i]);
        }

        Empty();
    }

    // Groups of aggregate windows always have members, so states need not know what is to be said of none.
    private void AppendNothing(ReadOnlySpan<Column> targets)
    {
        for (var i = 0; i < targets.Length; i++)
        {
            if (_counts[i])
            {
                ((Column<long>)targets[i]).Append(0);
            }
            else
            {
                targets[i].AppendNull();
            }
        }
    }

    private int Add(StateDbSelection selection)
    {
        var text = new ExpressionText(
            StateDbLookup.IsCount(selection) ? $"{selection.Aggregate}()" : $"{selection.Aggregate}(`{selection.Name}`)", selection.Position);
        if (Parser.Parse(text, _ => true).Statements is not [CallNode call] || !AggregateFunctions.IsAggregate(call))
        {
            throw new ExpressionException("LS2104", selection.Position, $"'{selection.Aggregate}' is no aggregate function, as ESP_aMax is one.");
        }

        _functions.AddAll(call);
        return _functions.Find(call);
    }

    private int MakeGroup(Schema stored)
    {
        var scratch = new EventBlock(stored, 1);
        scratch.AppendObjects(Opcode.Insert, EventFlags.None, new object?[stored.Fields.Length]);
        _groups.FindAll(scratch);
        return _groups.OfOrAdd(scratch, 0);
    }

    private void Fill(long now)
    {
        if (_changes.Length < _found.Count)
        {
            _changes = new GroupChange[2 * _found.Count];
        }

        for (var row = 0; row < _found.Count; row++)
        {
            _functions.Members?.Add(_group[0], _found, row);
            _changes[row] = new GroupChange(row, _group[0], ChangeKind.Added, IsOwnDelete: false);
        }

        _functions.Members?.Apply(_found);
        _groups.Members(_group[0]) = _found.Count;
        foreach (var state in _functions.States)
        {
            state.Apply(_changes.AsSpan(0, _found.Count), _found, now);
        }
    }

    private void Empty()
    {
        foreach (var state in _functions.States)
        {
            state.Reset(_group[0]);
        }

        while (_functions.Members?.Oldest(_group[0]) is >= 0 and var member)
        {
            _functions.Members.Remove(member, _found);
        }

        _functions.Members?.Apply(_found);
    }
}
