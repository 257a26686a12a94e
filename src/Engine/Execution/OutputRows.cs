using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Indexes;

namespace Lockstep.Engine.Execution;

/// <summary>
/// The rows that a window's output amounts to, by key: what one holds who has taken all of it. Windows themselves keep rows only where
/// their results depend on them, so this is beside the engine and no part of its state. Not thread-safe.
/// </summary>
/// <param name="schema">The window's schema; it has a key.</param>
/// <param name="index">Ordered gives the rows by key, any other from the one unchanged longest to the newest.</param>
public sealed class OutputRows(Schema schema, IndexKind index)
{
    /// <summary>Rows of a block of <see cref="Inserts"/>.</summary>
    public const int BlockRows = 1024;

    private readonly RowStore _rows = new(schema);

    /// <summary>How many rows.</summary>
    public int Count => _rows.Count;

    /// <summary>Applies what has left the window.</summary>
    /// <param name="block">A block of the schema.</param>
    public void Apply(EventBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        for (var row = 0; row < block.Count; row++)
        {
            var slot = _rows.Find(block, row);
            if (block.Opcodes[row] is Opcode.Delete or Opcode.SafeDelete)
            {
                // The delete behind an update block has the old values of a row that is there with the new ones.
                if (slot >= 0 && !Windows.KeyedRows.IsHalf(block, row))
                {
                    _rows.Remove(slot);
                }
            }
            else if (slot < 0)
            {
                _rows.Insert(block, row, now: 0);
            }
            else
            {
                _rows.Update(slot, block, row, now: 0, (block.Flags[row] & EventFlags.PartialUpdate) != 0);
            }
        }
    }

    /// <summary>All rows as inserts, in blocks of at most <see cref="BlockRows"/>; a block is good until the next one is asked for.</summary>
    public IEnumerable<EventBlock> Inserts()
    {
        var block = new EventBlock(schema);
        foreach (var slot in index == IndexKind.Ordered ? _rows.SlotsByKey() : _rows.SlotsInOrder())
        {
            _rows.AppendTo(slot, block, Opcode.Insert, EventFlags.None);
            if (block.Count == BlockRows)
            {
                yield return block;
                block.Clear();
            }
        }

        if (block.Count > 0)
        {
            yield return block;
        }
    }
}
