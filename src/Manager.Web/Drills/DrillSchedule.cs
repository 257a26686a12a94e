using System.Globalization;
using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Drills;

/// <summary>When drills are due, and what they are asked to be; pure. Hours are UTC.</summary>
internal static class DrillSchedule
{
    /// <summary>When the next drill is due; null for none.</summary>
    public static DateTimeOffset? NextAt(DrillState state)
    {
        var plan = state.Plan.Asked;
        if (!plan.IsOn || state.Plan.ChangedAt is not { } changed)
        {
            return null;
        }

        // What was due before the plan was set says nothing about it.
        var last = state.Last is { } run && run.At >= changed ? run.At : (DateTimeOffset?)null;
        return plan.OnceAt is { } once
            ? last is null ? once.ToUniversalTime() : null
            : IntoWindow((last ?? changed).ToUniversalTime().AddHours(plan.EveryHours), plan);
    }

    /// <summary>True: drills may be held at that time.</summary>
    public static bool IsAllowed(DrillPlanRequest plan, DateTimeOffset at)
    {
        var hour = at.UtcDateTime.Hour;
        return plan.FromHour < plan.ToHour
            ? hour >= plan.FromHour && hour < plan.ToHour
            : hour >= plan.FromHour || hour < plan.ToHour;
    }

    /// <summary>All that is wrong with a plan; empty for a sound one.</summary>
    public static IReadOnlyList<ProblemResource> ProblemsOf(DrillPlanRequest plan, DateTimeOffset now)
    {
        var problems = new List<ProblemResource>();
        void Check(bool isSound, string pointer, string message)
        {
            if (!isSound)
            {
                problems.Add(new ProblemResource("error", "drillPlan", pointer, 0, 0, message));
            }
        }

        Check(plan.EveryHours is >= 1 and <= 8760, "/everyHours", "Drills are 1 to 8,760 hours apart.");
        Check(plan.FromHour is >= 0 and <= 23, "/fromHour", "The first hour is 0 to 23 (UTC).");
        Check(plan.ToHour is >= 1 and <= 24, "/toHour", "The last hour is 1 to 24 (UTC).");
        Check(plan.FromHour != plan.ToHour, "/toHour", "The window is empty; 0 to 24 is the whole day.");
        Check(plan.LimitMs is >= 1 and <= 600_000, "/limitMs", "The limit is 1 to 600,000 ms of silence.");
        Check(!plan.IsOn || plan.OnceAt is null || plan.OnceAt > now, "/onceAt", "The time of the drill lies in the past.");
        return problems;
    }

    /// <summary>The drills of a group in one sentence.</summary>
    public static string SentenceOf(DrillState state)
    {
        var plan = state.Plan;
        if (plan.Alarm is { } alarm)
        {
            return $"Drills were stopped: {alarm}";
        }

        if (!plan.Asked.IsOn)
        {
            return "Drills are off.";
        }

        var next = NextAt(state) is { } at ? at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC" : "never";
        var rhythm = plan.Asked.OnceAt is null
            ? string.Create(
                CultureInfo.InvariantCulture, $"every {plan.Asked.EveryHours} h between {plan.Asked.FromHour}:00 and {plan.Asked.ToHour}:00 UTC")
            : "once";
        return $"The active engine is killed {rhythm}, next {next}; "
            + string.Create(CultureInfo.InvariantCulture, $"a drill passes with nothing lost or duplicated and at most {plan.Asked.LimitMs:0} ms of silence.");
    }

    private static DateTimeOffset IntoWindow(DateTimeOffset at, DrillPlanRequest plan) => IsAllowed(plan, at)
        ? at
        : new DateTimeOffset(at.Date, TimeSpan.Zero).AddHours(plan.FromHour) is var begin && begin > at ? begin : begin.AddDays(1);
}
