namespace Lockstep.Contracts.Events;

/// <summary>Flags of an event; in text N (none), P and R. The numbers are part of the event block format.</summary>
[Flags]
public enum EventFlags : byte
{
    /// <summary>A normal event (N).</summary>
    None = 0,

    /// <summary>Null fields mean keep the stored value (P).</summary>
    PartialUpdate = 1,

    /// <summary>Made by retention (R).</summary>
    Retention = 2,
}
