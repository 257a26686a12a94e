using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;

namespace Lockstep.Engine.Windows.Source;

/// <summary>
/// Tells before anything is applied whether every event of a transactional block fits the state of its key, as left by the events
/// before it. Keys are told apart by their 64-bit hash within the block.
/// </summary>
internal sealed class TransactionCheck
{
    private readonly Dictionary<ulong, bool> _exists = [];

    /// <summary>Why the block cannot be taken; null when it can.</summary>
    public string? Refusal(EventBlock block, RowStore rows)
    {
        _exists.Clear();
        var keys = block.Schema.KeyIndexes.AsSpan();
        for (var row = 0; row < block.Count; row++)
        {
            var key = ColumnHash.OfRow(block.Columns, keys, row);
            if (!_exists.TryGetValue(key, out var exists))
            {
                exists = rows.Find(block, row) >= 0;
            }

            var opcode = block.Opcodes[row];
            if ((opcode == Opcode.Insert && exists) || (opcode is Opcode.Update or Opcode.Delete && !exists))
            {
                return $"Block of {block.Count} events dropped: {opcode} of a key that "
                    + $"{(exists ? "exists" : "does not exist")}: {EventText.Key(block, row)}.";
            }

            _exists[key] = opcode is not (Opcode.Delete or Opcode.SafeDelete);
        }

        return null;
    }
}
