namespace Lockstep.TestKit.Proxies;

/// <summary>How a direction of a <see cref="FaultProxy"/> is cut.</summary>
public enum Cut
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>
    /// Everything waits, ends of connections too, and arrives when the cut is over: a network that is partitioned and heals
    /// before TCP gives up.
    /// </summary>
    Held,

    /// <summary>Everything is thrown away, so that a connection is of no use any more even when the cut is over.</summary>
    Swallowed,
}
