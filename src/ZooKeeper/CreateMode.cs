namespace Lockstep.ZooKeeper;

/// <summary>What kind of znode is created; the numbers are those of the wire.</summary>
public enum CreateMode
{
    /// <summary>Stays until deleted.</summary>
    Persistent = 0,

    /// <summary>Goes with the session that created it.</summary>
    Ephemeral = 1,

    /// <summary>Stays until deleted; the server appends ten digits to its name.</summary>
    PersistentSequential = 2,

    /// <summary>Goes with the session; the server appends ten digits to its name.</summary>
    EphemeralSequential = 3,

    /// <summary>The server deletes it some time after its last child went.</summary>
    Container = 4,

    /// <summary>The server deletes it when it has no children and was not changed for its time to live.</summary>
    PersistentWithTtl = 5,

    /// <summary>As <see cref="PersistentWithTtl"/>; the server appends ten digits to its name.</summary>
    PersistentSequentialWithTtl = 6,
}
