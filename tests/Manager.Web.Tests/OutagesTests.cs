using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Deployments;
using Lockstep.Manager.Web.Launching;

namespace Lockstep.Manager.Web.Tests;

/// <summary>Servers out of reach: the group's readiness and its sentence say so, and stop saying so.</summary>
public sealed class OutagesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(true, true, "can fail over now.")]
    [InlineData(false, true, "can't fail over now: engine-a, engine-b can't reach Kafka.")]
    [InlineData(true, false, "can't fail over now: engine-a, engine-b can't reach ZooKeeper.")]
    public void The_sentence_says_what_the_engines_cannot_reach(bool kafka, bool zooKeeper, string end)
    {
        var group = View(Member("engine-a", MemberRole.Active), Member("engine-b", MemberRole.Standby));

        Assert.EndsWith(end, group.Summary, StringComparison.Ordinal);
        Assert.Equal(kafka && zooKeeper, group.Readiness.Ready);

        (MemberName, MemberProcess?, WorkerReport?) Member(string name, MemberRole role) =>
            Seen(name, role, kafka, zooKeeper, Now.AddMinutes(-1));
    }

    [Fact]
    public void A_standby_that_runs_another_model_can_not_take_over()
    {
        var group = View(
            Seen("engine-a", MemberRole.Active, true, true, Now.AddMinutes(-1), "aaaaaaaa"),
            Seen("engine-b", MemberRole.Standby, true, true, Now.AddMinutes(-1), "bbbbbbbb"));

        Assert.Equal("Can't fail over now: engine-b runs another model (bbbbbb) than engine-a (aaaaaa).", group.Readiness.Sentence);
    }

    [Fact]
    public void A_process_that_has_just_started_has_not_tried_yet() =>
        Assert.Empty(Outages.Of([Seen("engine-a", MemberRole.Recovering, false, false, Now.AddSeconds(-1))], Now));

    private static GroupResource View(params (MemberName, MemberProcess?, WorkerReport?)[] members) => GroupView.Of(
        new GroupRecord(ReconcilerTests.Spec, true, false, Now, 1), members, [], new LedgerResource(0, 0, "", 0, 0), [], "bus", Now);

    private static (MemberName, MemberProcess?, WorkerReport?) Seen(
        string name, MemberRole role, bool kafka, bool zooKeeper, DateTimeOffset startedAt, string modelDigest = "")
    {
        var member = new MemberName(MemberKind.Engine, name);
        var process = new MemberProcess("demo", member) { IsAlive = true, Process = new ProcessIdentity(7, 1), StartedAt = startedAt };
        var status = new WorkerStatus
        {
            Group = "demo",
            Member = name,
            Project = "sum20",
            Pid = 7,
            Incarnation = "x",
            StartedAt = startedAt,
            ObservedAt = Now,
            State = kafka && zooKeeper ? MemberState.Running : MemberState.Degraded,
            Role = role,
            ModelDigest = modelDigest,
            Znode = $"/ESP/demo/{name}",
            KafkaReachable = kafka,
            ZooKeeperReachable = zooKeeper,
        };
        return (member, process, new WorkerReport(status, Now, null, 0, null));
    }
}
