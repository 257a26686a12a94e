namespace Lockstep.Contracts.Projects;

/// <summary>When a window deletes rows of its own accord.</summary>
public enum RetentionKind
{
    /// <summary>Oldest row goes when there are more than the limit.</summary>
    ByCountSliding,

    /// <summary>All older rows go when there are more than the limit.</summary>
    ByCountJumping,

    /// <summary>A row goes when it has not changed for the limit.</summary>
    ByTimeSliding,

    /// <summary>All rows go each time the limit has passed.</summary>
    ByTimeJumping,

    /// <summary>Each time the unit has passed, rows go that have not changed for the limit.</summary>
    ByTimeJumpingLookback,
}

/// <summary>A window's retention.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Count">Rows, for the kinds by count; 0 otherwise.</param>
/// <param name="Duration">Time, for the kinds by time; zero otherwise.</param>
/// <param name="Field">The date or stamp field that is the clock; null for stream time.</param>
/// <param name="Position">Where it stands.</param>
public sealed record RetentionDefinition(
    RetentionKind Kind, long Count, TimeSpan Duration, string? Field, TextPosition Position)
{
    /// <summary>Time between two looks of <see cref="RetentionKind.ByTimeJumpingLookback"/>; zero for other kinds.</summary>
    public TimeSpan Unit { get; init; }
}
