namespace Lockstep.Contracts.Projects;

/// <summary>A window's primary index.</summary>
public enum IndexKind
{
    /// <summary>pi_EMPTY: the window keeps no rows.</summary>
    Empty,

    /// <summary>pi_HASH and its kin: rows by key.</summary>
    Hash,

    /// <summary>pi_RBTREE: rows by key, in key order for snapshots.</summary>
    Ordered,
}
