namespace Lockstep.Engine.Windows.Pattern.Logic;

/// <summary>What an event, or a time that is over, makes of a part of a pattern's logic.</summary>
internal enum LogicStep : byte
{
    /// <summary>Nothing: it waits on.</summary>
    Unchanged,

    /// <summary>It has come further and waits on.</summary>
    Advanced,

    /// <summary>It is satisfied.</summary>
    Complete,

    /// <summary>It can no longer be satisfied.</summary>
    Failed,
}
