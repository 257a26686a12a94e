using System.Globalization;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;

namespace Lockstep.Manager.Web.Drills;

/// <summary>What to do about a group's drills now; pure.</summary>
/// <param name="State">The drills after it; the same object when nothing has changed.</param>
/// <param name="Kill">The engine to kill; null for none.</param>
internal sealed record DrillStep(DrillState State, string? Kill)
{
    /// <summary>A drill without a new active after this time has missed.</summary>
    public static readonly TimeSpan TakeoverLimit = TimeSpan.FromSeconds(30);

    /// <summary>A drill that could not be judged after this time is unproven.</summary>
    public static readonly TimeSpan JudgeLimit = TimeSpan.FromSeconds(75);

    /// <summary>Decides.</summary>
    /// <param name="state">The drills.</param>
    /// <param name="group">The group as seen.</param>
    /// <param name="failovers">Its failovers, newest first.</param>
    /// <param name="now">The time.</param>
    public static DrillStep Of(DrillState state, GroupResource group, IReadOnlyList<FailoverResource> failovers, DateTimeOffset now)
    {
        if (state.Last is { Outcome: "running" } running)
        {
            return new DrillStep(Judge(state, running, failovers, now), null);
        }

        if (DrillSchedule.NextAt(state) is not { } due || now < due)
        {
            return new DrillStep(state, null);
        }

        // The manager may have been away when it was due: then it is held when it is allowed again.
        var plan = state.Plan.Asked;
        if (plan.OnceAt is null && !DrillSchedule.IsAllowed(plan, now))
        {
            return new DrillStep(state, null);
        }

        var number = (state.Last?.Number ?? 0) + 1;
        var active = group.Members.FirstOrDefault(m => m is { FailoverGroup: "engines", Role: MemberRole.Active });
        if (!group.Readiness.Ready || active is null)
        {
            var why = string.Join(' ', group.Readiness.Reasons);
            return new DrillStep(
                Ended(state, new DrillRunResource(number, now, "skipped", $"The group could not fail over. {why}".TrimEnd(), null, null, null, plan.LimitMs)),
                null);
        }

        return new DrillStep(
            state with { Runs = state.Runs.Add(new(number, now, "running", $"{active.Name} is killed.", active.Name, null, null, plan.LimitMs)) },
            active.Name);
    }

    /// <summary>The drills after the kill could not be carried out.</summary>
    public static DrillState NotKilled(DrillState state) => state.Last is { Outcome: "running" } running
        ? Ended(state with { Runs = state.Runs.RemoveAt(state.Runs.Length - 1) }, running with
        {
            Outcome = "skipped",
            Reason = $"{running.Member} has no living process that can be killed.",
        })
        : state;

    private static DrillState Judge(DrillState state, DrillRunResource run, IReadOnlyList<FailoverResource> failovers, DateTimeOffset now)
    {
        var age = now - run.At;
        var others = state with { Runs = state.Runs.RemoveAt(state.Runs.Length - 1) };
        var failover = failovers.LastOrDefault(f => f.FailoverGroup == "engines" && f.From == run.Member && f.At >= run.At);
        if (failover is null)
        {
            return age < TakeoverLimit
                ? state
                : Missed(others, run with { Reason = $"No engine has taken over from {run.Member} within {TakeoverLimit.TotalSeconds:0} s." });
        }

        run = run with { Failover = failover.Number, SilenceMs = failover.SilenceMs };
        return failover switch
        {
            { Verdict: "broken" } => Missed(others, run with
            {
                Reason = $"Records were lost, duplicated or out of order in failover {failover.Number.ToString(CultureInfo.InvariantCulture)}.",
            }),
            { Verdict: "clean", SilenceMs: { } ms } when ms > run.LimitMs => Missed(others, run with
            {
                Reason = string.Create(CultureInfo.InvariantCulture, $"{ms:0} ms of silence, {run.LimitMs:0} ms are allowed."),
            }),
            { Verdict: "clean", SilenceMs: { } ms } => Ended(others, run with
            {
                Outcome = "passed",
                Reason = string.Create(CultureInfo.InvariantCulture, $"{failover.To} took over, {ms:0} ms of silence."),
            }),
            _ when age >= JudgeLimit => Ended(others, run with
            {
                Outcome = "unproven",
                Reason = $"{failover.To} took over, but the outbound topics could not be judged ({failover.Verdict}).",
            }),
            _ => state,
        };
    }

    private static DrillState Missed(DrillState state, DrillRunResource run)
    {
        var ended = Ended(state, run with { Outcome = "missed" });
        return ended with
        {
            Plan = ended.Plan with
            {
                Asked = ended.Plan.Asked with { IsOn = false },
                Alarm = $"drill {run.Number.ToString(CultureInfo.InvariantCulture)} has missed its limit: {run.Reason}",
            },
        };
    }

    /// <summary>A drill that was to be held once is over whatever came of it.</summary>
    private static DrillState Ended(DrillState state, DrillRunResource run) => state with
    {
        Runs = state.Runs.Add(run),
        Plan = state.Plan.Asked.OnceAt is null ? state.Plan : state.Plan with { Asked = state.Plan.Asked with { IsOn = false } },
    };
}
