using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.StateDb;

/// <summary>
/// The rows of one prefix: what its statedb-writers store and its statedb-readers look up, all on the engine's thread. State of the
/// first writer. A row whose time has come is gone for everyone from that stream time on, ticked or not.
/// </summary>
/// <param name="schema">Schema of the rows.</param>
/// <param name="timeToLive">Microseconds that a row stays after it was last written; null for ever.</param>
internal sealed class StateTable(Schema schema, long? timeToLive)
{
    private const int None = -1;
    private readonly List<(int[] Fields, ConditionIndex Index)> _indexes = [];

    /// <summary>Schema of the rows.</summary>
    public Schema Schema => schema;

    /// <summary>The rows, from the one unchanged longest. Those that are due may be among them until <see cref="Expire"/>.</summary>
    public RowStore Rows { get; } = new(schema);

    /// <summary>The index by some fields; only before the first row.</summary>
    public ConditionIndex IndexOf(int[] fields)
    {
        if (_indexes.Find(i => i.Fields.SequenceEqual(fields)) is { Index: { } known })
        {
            return known;
        }

        var index = new ConditionIndex(Rows, fields);
        _indexes.Add((fields, index));
        return index;
    }

    /// <summary>Stores an event as the newest row of its key.</summary>
    /// <param name="events">Events with the rows' schema.</param>
    /// <param name="row">The event.</param>
    /// <param name="now">Stream time.</param>
    public void Put(EventBlock events, int row, long now)
    {
        var slot = Rows.Find(events, row);
        if (slot == None)
        {
            slot = Rows.Insert(events, row, now);
        }
        else
        {
            Unlink(slot);
            Rows.Update(slot, events, row, now, (events.Flags[row] & EventFlags.PartialUpdate) != 0);
        }

        foreach (var (_, index) in _indexes)
        {
            index.Link(slot);
        }
    }

    /// <summary>Removes the row with the key of an event; nothing when there is none.</summary>
    public void Delete(EventBlock events, int row)
    {
        if (Rows.Find(events, row) is >= 0 and var slot)
        {
            Remove(slot);
        }
    }

    /// <summary>Removes the rows that are due.</summary>
    public void Expire(long now)
    {
        while (NextExpiry <= now)
        {
            Remove(Rows.Oldest);
        }
    }

    /// <summary>When the next row is due; null for never.</summary>
    public long? NextExpiry => timeToLive is { } time && Rows.Oldest != None ? Rows.ChangedAt(Rows.Oldest) + time : null;

    public void ReadState(SnapshotReader reader)
    {
        Rows.Read(reader);
        for (var slot = Rows.Oldest; slot != None; slot = Rows.After(slot))
        {
            foreach (var (_, index) in _indexes)
            {
                index.Link(slot);
            }
        }
    }

    private void Remove(int slot)
    {
        Unlink(slot);
        Rows.Remove(slot);
    }

    private void Unlink(int slot)
    {
        foreach (var (_, index) in _indexes)
        {
            index.Unlink(slot);
        }
    }
}
