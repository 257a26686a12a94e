namespace Lockstep.Engine.Windows;

/// <summary>What a window remembers from one event to the next: a migration must carry it over, or say that it does not.</summary>
[Flags]
internal enum WindowState
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Counters that every window of its kind has: made keys, event numbers.</summary>
    Counters = 1,

    /// <summary>Variables of its expressions.</summary>
    Variables = 2,

    /// <summary>Running statistics.</summary>
    Running = 4,

    /// <summary>Rows by key.</summary>
    Rows = 8,

    /// <summary>Members of groups by key.</summary>
    Members = 16,

    /// <summary>Open instances of patterns.</summary>
    Instances = 32,

    /// <summary>Geometries by key.</summary>
    Geometries = 64,

    /// <summary>Rows of a join's left side.</summary>
    LeftRows = 128,

    /// <summary>Rows of a join's right side.</summary>
    RightRows = 256,
}
