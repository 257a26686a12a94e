namespace Lockstep.Contracts.Api;

/// <summary>PUT /api/v1/groups/{group}/drills: scheduled kills of the active engine.</summary>
public sealed record DrillPlanRequest
{
    /// <summary>False: no drills.</summary>
    public bool IsOn { get; init; }

    /// <summary>Hours between two drills, 1 to 8,760; not used when <see cref="OnceAt"/> is given.</summary>
    public int EveryHours { get; init; } = 24;

    /// <summary>One drill at this time and no more; null for one every so many hours.</summary>
    public DateTimeOffset? OnceAt { get; init; }

    /// <summary>First hour of the day (UTC, 0 to 23) in which drills may be held.</summary>
    public int FromHour { get; init; }

    /// <summary>Hour of the day (UTC, 1 to 24) at which they may not any more; may be smaller than <see cref="FromHour"/>: over midnight.</summary>
    public int ToHour { get; init; } = 24;

    /// <summary>Longest silence of an outbound topic that passes, milliseconds, 1 to 600,000.</summary>
    public double LimitMs { get; init; } = 1000;
}

/// <summary>A group's drills.</summary>
/// <param name="Plan">As asked for; off when a drill has missed its limit.</param>
/// <param name="ChangedBy">Who switched them on or off last; empty for nobody.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="NextAt">When the next is due; null for none.</param>
/// <param name="Alarm">Why drills were stopped; null when nothing is wrong. Goes when the plan is set again.</param>
/// <param name="Sentence">All of it in one sentence.</param>
public sealed record DrillPlanResource(
    DrillPlanRequest Plan, string ChangedBy, DateTimeOffset? ChangedAt, DateTimeOffset? NextAt, string? Alarm, string Sentence);

/// <summary>A drill that was due.</summary>
/// <param name="Number">From 1 a group.</param>
/// <param name="At">When it was due.</param>
/// <param name="Outcome">running, passed, missed, skipped (the group was not ready) or unproven (nothing was written that could be judged).</param>
/// <param name="Reason">One sentence.</param>
/// <param name="Member">The engine that was killed; null when skipped.</param>
/// <param name="Failover">Number of the failover it led to; null for none.</param>
/// <param name="SilenceMs">Longest silence of an outbound topic; null when not known.</param>
/// <param name="LimitMs">The limit it was held against.</param>
public sealed record DrillRunResource(
    int Number, DateTimeOffset At, string Outcome, string Reason, string? Member, int? Failover, double? SilenceMs, double LimitMs);
