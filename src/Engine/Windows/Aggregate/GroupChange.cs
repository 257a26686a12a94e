namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>What one event does to a group.</summary>
internal enum ChangeKind : byte
{
    /// <summary>A member comes.</summary>
    Added,

    /// <summary>A member goes; others stay.</summary>
    Removed,

    /// <summary>The last member goes: the group starts anew, whatever comes later in the block.</summary>
    Emptied,
}

/// <summary>One event's change of a group.</summary>
/// <param name="Row">The event in the input block, with the values that come or go.</param>
/// <param name="Group">The group's slot.</param>
/// <param name="Kind">What happens.</param>
/// <param name="IsOwnDelete">A Delete that is neither the second half of an update nor made by retention.</param>
internal readonly record struct GroupChange(int Row, int Group, ChangeKind Kind, bool IsOwnDelete);
