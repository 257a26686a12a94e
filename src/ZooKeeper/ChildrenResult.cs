namespace Lockstep.ZooKeeper;

/// <summary>The children of a znode.</summary>
/// <param name="Names">Their names (not paths), in no order.</param>
/// <param name="Stat">What the ensemble knows of the parent.</param>
public sealed record ChildrenResult(IReadOnlyList<string> Names, Stat Stat);
