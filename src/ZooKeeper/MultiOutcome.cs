namespace Lockstep.ZooKeeper;

/// <summary>What one operation of a transaction gave.</summary>
/// <param name="Path">The path of a created znode, else that of the operation.</param>
/// <param name="Stat">The znode's stat after a create or a change of data; null after a check or delete.</param>
public sealed record MultiOutcome(string Path, Stat? Stat);
