using Lockstep.Contracts.Events;

namespace Lockstep.Connectors;

/// <summary>Leaves out of blocks what a subscriber's properties <c>collapse</c> and <c>rmretdel</c> say. Not thread-safe.</summary>
/// <param name="schema">Schema of the events.</param>
/// <param name="collapse">An update block becomes an update, and the delete behind it goes.</param>
/// <param name="dropRetentionDeletes">Deletes made by retention go.</param>
internal sealed class BlockFilter(Schema schema, bool collapse, bool dropRetentionDeletes)
{
    private readonly EventBlock _kept = new(schema);

    /// <summary>Gives what is left of a block: the block itself, or one that is good until the next call.</summary>
    public EventBlock Apply(EventBlock block)
    {
        if (!collapse && !dropRetentionDeletes)
        {
            return block;
        }

        _kept.Clear();
        var opcodes = block.Opcodes;
        for (var row = 0; row < block.Count; row++)
        {
            var isRetention = (block.Flags[row] & EventFlags.Retention) != 0;
            if (dropRetentionDeletes && opcodes[row] == Opcode.Delete && isRetention)
            {
                continue;
            }

            if (collapse && opcodes[row] == Opcode.UpdateBlock)
            {
                _kept.AppendFrom(block, row, Opcode.Update, block.Flags[row]);
                row++; // The delete with the old values always stands right behind.
                continue;
            }

            _kept.AppendFrom(block, row);
        }

        return _kept;
    }
}
