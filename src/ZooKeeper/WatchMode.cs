namespace Lockstep.ZooKeeper;

/// <summary>Kinds of watches that stay after they fire; the numbers are those of the wire (<c>AddWatchMode</c>).</summary>
public enum WatchMode
{
    /// <summary>Tells of the znode's data, its creation and deletion, and its list of children.</summary>
    Persistent = 0,

    /// <summary>Tells of creation, deletion and data of the znode and everything below it.</summary>
    PersistentRecursive = 1,
}
