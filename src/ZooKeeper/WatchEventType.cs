namespace Lockstep.ZooKeeper;

/// <summary>What happened to a watched znode; the numbers are those of the wire.</summary>
public enum WatchEventType
{
    /// <summary>It was created.</summary>
    Created = 1,

    /// <summary>It was deleted.</summary>
    Deleted = 2,

    /// <summary>Its data were set.</summary>
    DataChanged = 3,

    /// <summary>A child was created or deleted.</summary>
    ChildrenChanged = 4,
}
