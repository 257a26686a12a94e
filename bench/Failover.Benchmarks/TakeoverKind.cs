namespace Lockstep.Failover.Benchmarks;

/// <summary>What makes another engine active.</summary>
internal enum TakeoverKind
{
    /// <summary>The active is killed (-9), and its manager closes its session.</summary>
    Supervised,

    /// <summary>The active is killed (-9) while the manager stands still: the session has to expire.</summary>
    Unsupervised,

    /// <summary>The active is asked to give over.</summary>
    Switchover,
}
