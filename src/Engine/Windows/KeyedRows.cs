using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.Retention;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows;

/// <summary>
/// The rows of a stateful window: applies events by opcode and appends what follows from them (language.md 1.5):
/// Insert, Update block and Delete as a pair, Delete with the stored values. Bad events are reported and dropped.
/// </summary>
internal sealed class KeyedRows(Schema schema, RetentionRule? retention)
{
    private readonly RowStore _rows = new(schema);

    /// <summary>The rows' schema.</summary>
    public Schema Schema => schema;

    /// <summary>The rows.</summary>
    public RowStore Rows => _rows;

    /// <summary>What a window with these rows holds by them.</summary>
    public static WindowState StateOf(KeyedRows? rows) => rows is null ? WindowState.None : WindowState.Rows;

    /// <summary>Applies all events of a block.</summary>
    public void Apply(EventBlock events, EventBlock output, StepScope step)
    {
        if ((retention is null ? long.MaxValue : retention.RowsMax) is { } rowsMax && _rows.Count <= rowsMax && events.Count > 1)
        {
            ApplyTogether(events, rowsMax, output, step);
            return;
        }

        for (var row = 0; row < events.Count; row++)
        {
            row += Apply(events, row, output, step);
        }
    }

    /// <summary>
    /// Applies one event; an update block and the delete that follows it count as one.
    /// </summary>
    /// <returns>How many events after it were taken with it: 0 or 1.</returns>
    public int Apply(EventBlock events, int row, EventBlock output, StepScope step)
    {
        var opcode = events.Opcodes[row];
        var slot = _rows.Find(events, row);
        switch (opcode)
        {
            case Opcode.Insert when slot >= 0:
                step.ReportBadEvent($"Insert of a key that exists: {EventText.Key(events, row)}.");
                break;
            case Opcode.Update when slot < 0:
                step.ReportBadEvent($"Update of a key that does not exist: {EventText.Key(events, row)}.");
                break;
            case Opcode.Delete when slot < 0 && retention is null:
                step.ReportBadEvent($"Delete of a key that does not exist: {EventText.Key(events, row)}.");
                break;
            case Opcode.Delete or Opcode.SafeDelete:
                Delete(slot, events.Flags[row], output);
                break;
            default:
                Put(slot, events, row, output, step.Now);
                break;
        }

        retention?.AfterEvent(_rows, output);
        return opcode == Opcode.UpdateBlock && IsPair(events, row) ? 1 : 0;
    }

    /// <summary>True for the opcodes that take a row away.</summary>
    public static bool IsDelete(Opcode opcode) => opcode is Opcode.Delete or Opcode.SafeDelete;

    /// <summary>True when the event after an update block is its delete: one of the same key.</summary>
    public static bool IsPair(EventBlock events, int row) =>
        row + 1 < events.Count && events.Opcodes[row + 1] == Opcode.Delete && HaveOneKey(events, row, row + 1);

    /// <summary>True when the event before a delete is its update block.</summary>
    public static bool IsHalf(EventBlock events, int row) =>
        row > 0 && events.Opcodes[row - 1] == Opcode.UpdateBlock && HaveOneKey(events, row - 1, row);

    /// <summary>
    /// Appends what stands in a delete's field that is no key: the rows have its value, nobody reads this one. No null where it can be
    /// helped, since columns without nulls are faster.
    /// </summary>
    public static void AppendUnread(Column column)
    {
        switch (column)
        {
            case Column<double> reals:
                reals.Append(0);
                break;
            case Column<long> whole:
                whole.Append(0);
                break;
            case Column<decimal> amounts:
                amounts.Append(0);
                break;
            case Column<string> texts:
                texts.Append("");
                break;
            default:
                column.AppendNull();
                break;
        }
    }

    public void Tick(EventBlock output, StepScope step) => retention?.Tick(_rows, output, step);

    public long? NextExpiry(StepScope step) => retention?.NextExpiry(_rows, step);

    public ulong Digest() => StateHash.Combine(_rows.Hash, retention?.Digest() ?? 0);

    public void WriteState(SnapshotWriter writer)
    {
        _rows.Write(writer);
        retention?.WriteState(writer);
    }

    public void ReadState(SnapshotReader reader)
    {
        _rows.Read(reader);
        retention?.ReadState(reader, _rows);
    }

    // What few events need, bad events among it, is done one by one.
    private void ApplyTogether(EventBlock events, long rowsMax, EventBlock output, StepScope step)
    {
        _rows.BeginChanges(events, step.Now);
        for (var row = 0; row < events.Count; row++)
        {
            if (!TryChange(events, row, rowsMax, output))
            {
                _rows.EndChanges(output);
                row += Apply(events, row, output, step);
                _rows.ResumeChanges();
            }
            else if (events.Opcodes[row] == Opcode.UpdateBlock && IsPair(events, row))
            {
                row++;
            }
        }

        _rows.EndChanges(output);
    }

    private bool TryChange(EventBlock events, int row, long rowsMax, EventBlock output)
    {
        var (opcode, flags, slot) = (events.Opcodes[row], events.Flags[row], _rows.FindChanged(row));
        switch (opcode)
        {
            case Opcode.Insert or Opcode.Upsert or Opcode.UpdateBlock when slot < 0 && _rows.Count < rowsMax:
                _rows.ChangeByInsert(row);
                output.Append(Opcode.Insert);
                return true;
            case Opcode.Insert or Opcode.Upsert or Opcode.UpdateBlock when slot < 0:
                _rows.ChangeOldest(row);
                output.Append(Opcode.Insert);
                output.Append(Opcode.Delete, EventFlags.Retention);
                return true;
            case Opcode.Delete or Opcode.SafeDelete when slot >= 0:
                _rows.ChangeByDelete(slot);
                output.Append(Opcode.Delete, flags & EventFlags.Retention);
                return true;
            case Opcode.Update or Opcode.Upsert or Opcode.UpdateBlock when slot >= 0 && (flags & EventFlags.PartialUpdate) == 0:
                _rows.ChangeByUpdate(slot, row);
                output.Append(Opcode.UpdateBlock);
                output.Append(Opcode.Delete);
                return true;
            default:
                return false;
        }
    }

    private static bool HaveOneKey(EventBlock events, int one, int other)
    {
        foreach (var key in events.Schema.KeyIndexes)
        {
            if (!ColumnHash.AreEqual(events.Columns[key], one, other))
            {
                return false;
            }
        }

        return true;
    }

    private void Delete(int slot, EventFlags flags, EventBlock output)
    {
        // A row that retention has taken before its upstream delete came is not an error.
        if (slot >= 0)
        {
            _rows.AppendTo(slot, output, Opcode.Delete, flags & EventFlags.Retention);
            _rows.Remove(slot);
        }
    }

    private void Put(int slot, EventBlock events, int row, EventBlock output, long now)
    {
        if (slot < 0)
        {
            slot = _rows.Insert(events, row, now);
            _rows.AppendTo(slot, output, Opcode.Insert, EventFlags.None);
        }
        else
        {
            Replace(slot, events, row, output, now);
        }

        retention?.OnChanged(_rows, slot);
    }

    private void Replace(int slot, EventBlock events, int row, EventBlock output, long now)
    {
        // The update block with the new values comes first, so the old ones wait in the scratch block.
        _scratch.Clear();
        _rows.AppendTo(slot, _scratch, Opcode.Delete, EventFlags.None);
        _rows.Update(slot, events, row, now, (events.Flags[row] & EventFlags.PartialUpdate) != 0);
        _rows.AppendTo(slot, output, Opcode.UpdateBlock, EventFlags.None);
        output.AppendFrom(_scratch, 0);
    }

    private readonly EventBlock _scratch = new(schema, 1);
}
