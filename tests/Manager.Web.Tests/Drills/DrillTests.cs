using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Manager.Web.Drills;
using Microsoft.Extensions.Time.Testing;

namespace Lockstep.Manager.Web.Tests.Drills;

/// <summary>Drills on a clock that the test drives: when they are due, what they lead to, and what stops them.</summary>
public sealed class DrillTests
{
    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Begin);

    [Theory]
    [InlineData(0, 24, 6, "2026-03-01 18:00")]
    [InlineData(13, 17, 6, "2026-03-02 13:00")]
    [InlineData(20, 22, 6, "2026-03-01 20:00")]
    [InlineData(22, 4, 1, "2026-03-01 22:00")]
    [InlineData(22, 4, 15, "2026-03-02 03:00")]
    public void The_next_drill_is_so_many_hours_later_and_then_at_the_next_allowed_hour(int from, int to, int every, string next)
    {
        var state = On(new DrillPlanRequest { IsOn = true, EveryHours = every, FromHour = from, ToHour = to });

        Assert.Equal(next, DrillSchedule.NextAt(state)!.Value.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Nothing_is_due_while_drills_are_off()
    {
        Assert.Null(DrillSchedule.NextAt(DrillState.None));
        Assert.Equal("Drills are off.", DrillSchedule.SentenceOf(DrillState.None));
        _time.Advance(TimeSpan.FromDays(400));
        Assert.Null(Look(DrillState.None).Kill);
    }

    [Fact]
    public void A_due_drill_kills_the_active_engine_once_and_passes_by_the_verdict_of_the_report()
    {
        var state = On(Hourly);
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.Null(Look(state).Kill);
        _time.Advance(TimeSpan.FromMinutes(1));
        var step = Look(state);
        Assert.Equal(("engine-a", "running"), (step.Kill, step.State.Last!.Outcome));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Same(step.State, Look(step.State).State);
        Assert.Same(step.State, Look(step.State, Failover("pending", null)).State);
        var passed = Look(step.State, Failover("clean", 84)).State;
        Assert.Equal(("passed", 84.0, 5), (passed.Last!.Outcome, passed.Last.SilenceMs, passed.Last.Failover));
        Assert.Null(Look(passed, Failover("clean", 84)).Kill);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("engine-a", Look(passed).Kill);
    }

    [Theory]
    [InlineData("clean", 1001.0, "1001 ms of silence, 1000 ms are allowed.")]
    [InlineData("broken", 20.0, "Records were lost, duplicated or out of order in failover 5.")]
    [InlineData(null, null, "No engine has taken over from engine-a within 30 s.")]
    public void A_drill_that_misses_its_limit_raises_an_alarm_and_no_further_drill_is_held(string? verdict, double? silence, string why)
    {
        var state = On(Hourly);
        _time.Advance(TimeSpan.FromHours(1));
        state = Look(state).State;
        _time.Advance(TimeSpan.FromSeconds(31));
        state = (verdict is null ? Look(state) : Look(state, Failover(verdict, silence))).State;

        Assert.Equal(("missed", why), (state.Last!.Outcome, state.Last.Reason));
        Assert.Equal($"drill 1 has missed its limit: {why}", state.Plan.Alarm);
        _time.Advance(TimeSpan.FromDays(3));
        Assert.Null(Look(state).Kill);
        Assert.Null(DrillSchedule.NextAt(state));
    }

    [Fact]
    public void A_group_that_is_not_ready_is_left_alone_and_the_drill_skipped()
    {
        var state = On(Hourly);
        _time.Advance(TimeSpan.FromHours(1));
        var step = DrillStep.Of(
            state, Group with { Readiness = new ReadinessResource(false, ["engine-b is starting."]) }, [], _time.GetUtcNow());

        Assert.Null(step.Kill);
        Assert.Equal(("skipped", "The group could not fail over. engine-b is starting."), (step.State.Last!.Outcome, step.State.Last.Reason));
        Assert.Null(Look(step.State).Kill);
        Assert.Null(step.State.Plan.Alarm);
    }

    [Fact]
    public void Without_any_output_a_drill_is_unproven_and_drills_go_on()
    {
        var state = On(Hourly);
        _time.Advance(TimeSpan.FromHours(1));
        state = Look(state).State;
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Same(state, Look(state, Failover("quiet", null)).State);
        _time.Advance(DrillStep.JudgeLimit);
        var ended = Look(state, Failover("quiet", null)).State;

        Assert.Equal("unproven", ended.Last!.Outcome);
        Assert.NotNull(DrillSchedule.NextAt(ended));
    }

    [Fact]
    public void A_drill_that_was_due_while_the_manager_was_away_is_held_within_the_window_only()
    {
        var state = On(Hourly with { FromHour = 12, ToHour = 14 });
        _time.Advance(TimeSpan.FromHours(3));
        Assert.Null(Look(state).Kill);
        _time.Advance(TimeSpan.FromHours(21));
        Assert.Equal("engine-a", Look(state).Kill);
    }

    [Fact]
    public void A_single_drill_is_held_once()
    {
        var state = On(new DrillPlanRequest { IsOn = true, OnceAt = Begin.AddHours(2) });
        _time.Advance(TimeSpan.FromHours(2));
        state = Look(state).State;
        _time.Advance(TimeSpan.FromSeconds(5));
        state = Look(state, Failover("clean", 10)).State;

        Assert.Equal(("passed", false), (state.Last!.Outcome, state.Plan.Asked.IsOn));
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Null(Look(state).Kill);
    }

    [Fact]
    public void A_kill_that_could_not_be_carried_out_is_a_skipped_drill()
    {
        var state = On(Hourly);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("skipped", DrillStep.NotKilled(Look(state).State).Last!.Outcome);
    }

    [Fact]
    public void All_that_is_wrong_with_a_plan_is_told_together() => Assert.Equal(
        ["/everyHours", "/fromHour", "/toHour", "/limitMs", "/onceAt"],
        DrillSchedule.ProblemsOf(
            new DrillPlanRequest { IsOn = true, EveryHours = 0, FromHour = 24, ToHour = 25, LimitMs = 0, OnceAt = Begin }, Begin)
            .Select(p => p.Path));

    private static DrillPlanRequest Hourly => new() { IsOn = true, EveryHours = 1 };

    private static GroupResource Group => new()
    {
        Name = "g",
        Summary = "",
        Project = "p",
        Version = "1.0",
        Desired = "started",
        Members = [Member("engine-b", MemberRole.Standby), Member("engine-a", MemberRole.Active)],
        Ledger = new LedgerResource(0, 0, "", 0, 0),
        Readiness = new ReadinessResource(true, []),
        Failovers = 4,
        Topics = [],
        CreatedAt = Begin,
        Bus = "",
    };

    private static DrillState On(DrillPlanRequest plan) => new(new DrillPlan(plan, "ana", Begin, null), []);

    private static MemberResource Member(string name, MemberRole role) => new(
        name, "engines", role, MemberState.Running, null, 1, null, null, 0, 0, "1.0", null, true, 0, 1, null, 0, null);

    private DrillStep Look(DrillState state, params FailoverResource[] failovers) =>
        DrillStep.Of(state, Group, failovers, _time.GetUtcNow());

    private FailoverResource Failover(string verdict, double? silence) =>
        new(5, _time.GetUtcNow(), "engines", "engine-a", "engine-b", 8, "drill", 50) { Verdict = verdict, SilenceMs = silence };
}
