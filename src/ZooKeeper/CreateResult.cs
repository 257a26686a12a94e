namespace Lockstep.ZooKeeper;

/// <summary>A znode that was created.</summary>
/// <param name="Path">Its path, with the ten digits of a sequential one.</param>
/// <param name="Stat">What the ensemble knows of it.</param>
public sealed record CreateResult(string Path, Stat Stat);
