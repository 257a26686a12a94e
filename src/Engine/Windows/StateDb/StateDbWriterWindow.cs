using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.StateDb;

/// <summary>
/// window-statedb-writer: stores events, and passes them on as they come. Inserts, updates and upserts replace the row of their key,
/// deletes remove it; a key that is there or is not is no error, since rows go by time without an event.
/// </summary>
/// <param name="name"><c>contquery/window</c>.</param>
/// <param name="schema">Schema of what goes out.</param>
/// <param name="fields">By field of the output: index in the input.</param>
/// <param name="stored">By field of the rows: index in the input.</param>
/// <param name="table">The rows.</param>
/// <param name="isOwner">True: the rows are this window's state; false: another writer's of the same prefix.</param>
internal sealed class StateDbWriterWindow(string name, Schema schema, int[] fields, int[] stored, StateTable table, bool isOwner)
    : Window(name, schema)
{
    private readonly EventBlock _rows = new(table.Schema);

    /// <summary>The rows that it writes.</summary>
    public StateTable Table => table;

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        Copy(input, stored, _rows);
        table.Expire(step.Now);
        for (var row = 0; row < _rows.Count; row++)
        {
            switch (_rows.Opcodes[row])
            {
                case Opcode.Delete or Opcode.SafeDelete:
                    table.Delete(_rows, row);
                    break;
                case Opcode.UpdateBlock when KeyedRows.IsPair(_rows, row):
                    table.Put(_rows, row, step.Now);
                    row++;
                    break;
                default:
                    table.Put(_rows, row, step.Now);
                    break;
            }
        }

        _rows.Clear();
        Copy(input, fields, Output);
    }

    /// <inheritdoc/>
    public override void Tick(StepScope step)
    {
        if (isOwner)
        {
            table.Expire(step.Now);
        }
    }

    /// <inheritdoc/>
    public override long? NextExpiry(StepScope step) => isOwner ? table.NextExpiry : null;

    /// <inheritdoc/>
    public override WindowState State => isOwner ? WindowState.Rows : WindowState.None;

    /// <inheritdoc/>
    public override ulong StateSchema => StateHash.Combine(base.StateSchema, table.Schema.Id);

    /// <inheritdoc/>
    public override ulong Digest() => isOwner ? table.Rows.Hash : 0;

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer)
    {
        if (isOwner)
        {
            table.Rows.Write(writer);
        }
    }

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader)
    {
        if (isOwner)
        {
            table.ReadState(reader);
        }
    }

    private static void Copy(EventBlock from, int[] places, EventBlock to)
    {
        for (var i = 0; i < places.Length; i++)
        {
            to.Columns[i].AppendAll(from.Columns[places[i]]);
        }

        to.AppendAll(from.Opcodes, from.Flags);
    }
}
