using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Files;

/// <summary>The block that events of a file are put into. Not thread-safe.</summary>
/// <param name="block">A block of the schema.</param>
/// <param name="limit">Events it may have; a transaction is not cut.</param>
internal sealed class BlockTarget(EventBlock block, int limit)
{
    /// <summary>What events are put into now.</summary>
    public EventBlock Block { get; private set; } = block;

    /// <summary>True: it has as many events as it may.</summary>
    public bool IsFull => Block.Count >= limit;

    /// <summary>True while the block's last event is of a transaction of which more may come.</summary>
    public bool HasOpenTransaction { get; set; }

    /// <summary>Puts what follows into another block. Also possible while a reader waits for more of its file.</summary>
    /// <param name="next">A block of the same schema.</param>
    /// <param name="room">Events it may have.</param>
    public void GoTo(EventBlock next, int room) => (Block, limit) = (next, room);
}
