namespace Lockstep.Contracts.Events;

/// <summary>What an event does to the row of its key. The numbers are part of the event block format.</summary>
public enum Opcode : byte
{
    /// <summary>Adds a row; the key must be new.</summary>
    Insert = 1,

    /// <summary>Changes a row; the key must exist. Leaves a stateful window as an update block and a delete.</summary>
    Update = 2,

    /// <summary>Inserts or updates, by key.</summary>
    Upsert = 3,

    /// <summary>Removes a row; the key must exist.</summary>
    Delete = 4,

    /// <summary>The new values of an update; the delete with the old values follows in the same block. Only ever produced.</summary>
    UpdateBlock = 5,

    /// <summary>Removes a row if it is there.</summary>
    SafeDelete = 6,
}
