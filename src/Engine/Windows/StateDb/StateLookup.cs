using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;

namespace Lockstep.Engine.Windows.StateDb;

/// <summary>Finds the rows of a table that have the values of an event, the one written last at the end. Null equals nothing.</summary>
internal sealed class StateLookup
{
    private const int None = -1;
    private readonly int[] _probe;
    private readonly ConditionIndex? _index;

    /// <param name="table">The table, before its first row.</param>
    /// <param name="conditions">Fields of the event and of the rows that must be equal.</param>
    public StateLookup(StateTable table, IReadOnlyList<(int Input, int Stored)> conditions)
    {
        Table = table;
        var keys = table.Schema.KeyIndexes;
        var fields = conditions.Select(c => c.Stored).ToArray();
        if (fields.Length == keys.Length && keys.All(fields.Contains))
        {
            _probe = [.. keys.Select(k => conditions[Array.IndexOf(fields, k)].Input)];
        }
        else
        {
            _probe = [.. conditions.Select(c => c.Input)];
            _index = table.IndexOf(fields);
        }
    }

    /// <summary>The table.</summary>
    public StateTable Table { get; }

    /// <summary>The row that was written longest ago of those that an event finds; -1 for none.</summary>
    public int First(EventBlock events, int row)
    {
        var columns = events.Columns;
        foreach (var field in _probe)
        {
            if (columns[field].IsNull(row))
            {
                return None;
            }
        }

        return _index is null ? Table.Rows.Find(columns, _probe, row) : _index.First(columns, _probe, row);
    }

    /// <summary>The row after another one that the same event finds; -1 for none.</summary>
    public int Next(int slot) => _index is null ? None : _index.Next(slot);

    /// <summary>The row that was written last of those that an event finds; -1 for none.</summary>
    public int Last(EventBlock events, int row)
    {
        var slot = First(events, row);
        return slot == None || _index is null ? slot : _index.LastOf(slot);
    }
}
