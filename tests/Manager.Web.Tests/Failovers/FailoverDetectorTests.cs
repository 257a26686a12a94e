using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Deployments;
using Lockstep.Manager.Web.Failovers;
using Lockstep.Manager.Web.Launching;
using Lockstep.Manager.Web.Operations;
using Lockstep.Manager.Web.Supervision;
using Microsoft.Extensions.Time.Testing;

namespace Lockstep.Manager.Web.Tests.Failovers;

/// <summary>What a failover is put down to, from what the manager has seen of the member that was active.</summary>
public sealed class FailoverDetectorTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Now);
    private readonly FailoverRecorder _recorder = new();
    private readonly DeathNotes _deaths = new();
    private readonly FailoverInbox _inbox = new();
    private readonly OperationStore _operations;
    private readonly FailoverDetector _detector;

    public FailoverDetectorTests()
    {
        _operations = new OperationStore(_time);
        _detector = new FailoverDetector(_recorder, _operations, _deaths, _inbox);
    }

    [Theory]
    [InlineData("ana", "killed")]
    [InlineData(FailoverDetector.DrillActor, "drill")]
    [InlineData(null, "died")]
    public void A_dead_member_was_killed_by_somebody_or_died(string? killedBy, string cause)
    {
        Look(Engine("engine-a", 1, 7, MemberRole.Active), Engine("engine-b", 2, 7, MemberRole.Standby));
        var dead = Engine("engine-a", 1, 7, MemberRole.Active);
        dead.Process = dead.Process with { IsAlive = false, DiedAt = Now, KilledBy = killedBy, KilledAt = killedBy is null ? null : Now };
        Look(dead, Engine("engine-b", 2, 8, MemberRole.Active));

        var failover = Assert.Single(_recorder.Of("g"));
        Assert.Equal((cause, "engine-a", "engine-b", cause == "killed" ? killedBy : null), (failover.Cause, failover.From, failover.To, failover.Actor));
        Assert.True(_inbox.TryTake(out var facts));
        Assert.Equal(("/ESP/g", 1), (facts.Election, facts.LostPid));
    }

    [Fact]
    public void A_silent_member_that_the_supervisor_killed_stood_still()
    {
        Look(Engine("engine-a", 1, 7, MemberRole.Active), Engine("engine-b", 2, 7, MemberRole.Standby));
        _deaths.Add(new Death("g", "engine-a", 1, true, Now, null, Now));
        Look(Engine("engine-a", 1, 7, MemberRole.Active), Engine("engine-b", 2, 8, MemberRole.Active));

        Assert.Equal("paused", Assert.Single(_recorder.Of("g")).Cause);
    }

    [Fact]
    public void A_switchover_has_an_actor_and_a_death_explains_one_failover_only()
    {
        Look(Engine("engine-a", 1, 7, MemberRole.Active), Engine("engine-b", 2, 7, MemberRole.Standby));
        _deaths.Add(new Death("g", "engine-a", 1, false, Now, null, Now));
        Look(Engine("engine-a", 3, 7, MemberRole.Standby), Engine("engine-b", 2, 8, MemberRole.Active));
        Look(Engine("engine-a", 3, 9, MemberRole.Active), Engine("engine-b", 2, 8, MemberRole.Standby));
        _operations.Begin("switchover", "g", "engine-a", "ana", "");
        Look(Engine("engine-a", 3, 9, MemberRole.Standby), Engine("engine-b", 2, 10, MemberRole.Active));

        Assert.Equal(["switchover", "sessionExpired", "died"], _recorder.Of("g").Select(f => f.Cause));
        Assert.Equal("ana", _recorder.Of("g")[0].Actor);
    }

    [Fact]
    public void Without_zookeeper_a_takeover_is_an_emergency_and_the_same_member_can_begin_a_new_epoch()
    {
        Look(Engine("engine-a", 1, 7, MemberRole.Active), Engine("engine-b", 2, 7, MemberRole.Standby));
        Look(Engine("engine-a", 1, 7, MemberRole.Active), Engine("engine-b", 2, 8, MemberRole.Active, zooKeeper: false));
        Look(Engine("engine-a", 1, 7, MemberRole.Standby), Engine("engine-b", 2, 9, MemberRole.Active));

        Assert.Equal(["reacquired", "emergency"], _recorder.Of("g").Select(f => f.Cause));
    }

    private void Look(params Seen[] members) => _detector.Look(
        "g", [.. members.Select(m => (m.Process.Member, (MemberProcess?)m.Process, (WorkerReport?)m.Report))], Now);

    private static Seen Engine(string name, int pid, long epoch, MemberRole role, bool zooKeeper = true) => new(
        new MemberProcess("g", new MemberName(MemberKind.Engine, name)) { IsAlive = true, Process = new ProcessIdentity(pid, 1), StartedAt = Now },
        new WorkerReport(
            new WorkerStatus
            {
                Group = "g",
                Member = name,
                Project = "p",
                Pid = pid,
                Incarnation = "i",
                StartedAt = Now,
                ObservedAt = Now,
                State = MemberState.Running,
                Role = role,
                Epoch = epoch,
                Znode = $"/ESP/g/server-n_{name}",
                ZooKeeperReachable = zooKeeper,
            },
            Now, null, 0, null));

    private sealed class Seen(MemberProcess process, WorkerReport report)
    {
        public MemberProcess Process { get; set; } = process;

        public WorkerReport Report { get; } = report;
    }
}
