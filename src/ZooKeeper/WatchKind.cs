namespace Lockstep.ZooKeeper;

/// <summary>Which watches are removed; the numbers are those of the wire (<c>WatcherType</c>).</summary>
public enum WatchKind
{
    /// <summary>One-shot watches on the list of children.</summary>
    Children = 1,

    /// <summary>One-shot watches on data or existence.</summary>
    Data = 2,

    /// <summary>All watches of the path.</summary>
    Any = 3,

    /// <summary>Persistent watches that are not recursive (servers from 3.9 on).</summary>
    Persistent = 4,

    /// <summary>Recursive persistent watches (servers from 3.9 on).</summary>
    PersistentRecursive = 5,
}
