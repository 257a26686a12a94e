namespace Lockstep.ZooKeeper;

/// <summary>What a znode holds.</summary>
/// <param name="Data">Its bytes.</param>
/// <param name="Stat">What else the ensemble knows of it.</param>
public sealed record DataResult(ReadOnlyMemory<byte> Data, Stat Stat);
