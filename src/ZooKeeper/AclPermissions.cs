namespace Lockstep.ZooKeeper;

/// <summary>What an access list entry allows.</summary>
[Flags]
public enum AclPermissions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Read data and list children.</summary>
    Read = 1,

    /// <summary>Set data.</summary>
    Write = 2,

    /// <summary>Create children.</summary>
    Create = 4,

    /// <summary>Delete children.</summary>
    Delete = 8,

    /// <summary>Set the access list.</summary>
    Admin = 16,

    /// <summary>Everything.</summary>
    All = 31,
}
