namespace Lockstep.Contracts.Projects;

/// <summary>Which events a remove-state window drops.</summary>
[Flags]
public enum RemovedEvents
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Inserts.</summary>
    Inserts = 1,

    /// <summary>Updates and update blocks, but not those of retention.</summary>
    Updates = 2,

    /// <summary>Deletes, those of updates too, but not those of retention.</summary>
    Deletes = 4,

    /// <summary>Updates that retention made.</summary>
    RetentionUpdates = 8,

    /// <summary>Deletes that retention made.</summary>
    RetentionDeletes = 16,

    /// <summary>Deletes that follow an update block.</summary>
    UpdateBlockDeletes = 32,
}
