namespace Lockstep.ZooKeeper;

/// <summary>Where an election's own znode stands in line.</summary>
/// <param name="Standing">How much the rest is worth.</param>
/// <param name="Rank">How many candidates stand before the own znode; 0 is the lowest. Meaningless when missing or ended.</param>
/// <param name="Predecessor">Path of the znode right before the own one; null when there is none.</param>
public sealed record ElectionPosition(ElectionStanding Standing, int Rank, string? Predecessor)
{
    /// <summary>True when the own znode was read to be the lowest and nothing has put that in doubt since.</summary>
    public bool IsLowest => Standing == ElectionStanding.Standing && Rank == 0;
}
