using System.Collections.Immutable;
using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Drills;

/// <summary>A group's drills as asked for; what the database keeps.</summary>
/// <param name="Asked">The plan.</param>
/// <param name="ChangedBy">Who set it.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="Alarm">Why drills were stopped; null when nothing is wrong.</param>
internal sealed record DrillPlan(DrillPlanRequest Asked, string ChangedBy, DateTimeOffset? ChangedAt, string? Alarm)
{
    /// <summary>Nothing was asked for: no drills.</summary>
    public static DrillPlan None { get; } = new(new DrillPlanRequest(), "", null, null);
}

/// <summary>A group's drills; immutable.</summary>
/// <param name="Plan">As asked for.</param>
/// <param name="Runs">Those that were due, oldest first.</param>
internal sealed record DrillState(DrillPlan Plan, ImmutableArray<DrillRunResource> Runs)
{
    /// <summary>No drills.</summary>
    public static DrillState None { get; } = new(DrillPlan.None, []);

    /// <summary>The last one that was due; null for none.</summary>
    public DrillRunResource? Last => Runs.IsEmpty ? null : Runs[^1];
}
