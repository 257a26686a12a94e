namespace Lockstep.ZooKeeper;

/// <summary>How much an <see cref="ElectionPosition"/> is worth.</summary>
public enum ElectionStanding
{
    /// <summary>The own znode exists and the position was read after everything that was committed by then.</summary>
    Standing,

    /// <summary>The connection is lost: the position may be out of date and will be read again after the reconnect.</summary>
    Unsure,

    /// <summary>The own znode is gone although the session lives: somebody deleted it, or its owner gave up.</summary>
    Missing,

    /// <summary>The session is over, and with it the znode.</summary>
    Ended,
}
