using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Deployments;
using Lockstep.Manager.Web.Launching;

namespace Lockstep.Manager.Web.Tests;

/// <summary>What an upgrade wants and what is seen of it, as tables.</summary>
public sealed class UpgradeViewTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly DeploymentSpec Upgraded = ReconcilerTests.Spec with { Upgrade = new UpgradeSpec("2.0", false, [], []) };

    [Fact]
    public void Engines_of_the_new_version_run_beside_those_of_the_old_one_and_take_turns_with_their_names()
    {
        Assert.Equal(["engine-a", "engine-b", "engine-c", "engine-d"], EnginesOf(Upgraded));
        Assert.Equal(["engine-c", "engine-d"], Upgraded.NewEngines().Select(e => e.Name));
        Assert.Equal("2.0", Upgraded.VersionOf(MemberName.Engine(3)));
        Assert.Equal(Upgraded.Version, Upgraded.VersionOf(MemberName.Engine(1)));
        var ended = Upgraded with { Version = "2.0", FirstEngine = 3, WasUpgraded = true, Upgrade = null };
        Assert.Equal(["engine-c", "engine-d"], EnginesOf(ended));
        Assert.Equal(["engine-a", "engine-b"], (ended with { Upgrade = new UpgradeSpec("3.0", false, [], []) }).NewEngines().Select(e => e.Name));
    }

    [Theory]
    [InlineData(MemberRole.Active, MemberRole.Standby, MemberRole.Shadow, MemberRole.Recovering, "1.0", true)]
    [InlineData(MemberRole.Active, MemberRole.Standby, MemberRole.Recovering, MemberRole.Recovering, "1.0", false)]
    [InlineData(MemberRole.Shadow, MemberRole.Recovering, MemberRole.Active, MemberRole.Standby, "2.0", true)]
    [InlineData(MemberRole.Recovering, MemberRole.Recovering, MemberRole.Active, MemberRole.Standby, "2.0", false)]
    [InlineData(MemberRole.Shadow, MemberRole.Shadow, MemberRole.Acquiring, MemberRole.Standby, null, false)]
    public void It_can_be_handed_over_when_a_member_of_the_other_version_is_at_the_end(
        MemberRole a, MemberRole b, MemberRole c, MemberRole d, string? writes, bool canHandOver)
    {
        var upgrade = View(Seen("engine-a", a), Seen("engine-b", b), Seen("engine-c", c), Seen("engine-d", d)).Upgrade!;
        Assert.Equal((writes, canHandOver), (upgrade.Writes, upgrade.CanHandOver));
        Assert.Equal(canHandOver, upgrade.Reasons.Count == 0);
    }

    [Fact]
    public void A_shadow_far_behind_says_how_far()
    {
        var upgrade = View(Seen("engine-a", MemberRole.Active), Seen("engine-c", MemberRole.Shadow, behind: 5000)).Upgrade!;
        Assert.Equal("engine-c is 5000 journal records behind.", upgrade.Reasons[0]);
    }

    [Fact]
    public void Without_an_upgrade_there_is_none_to_show() => Assert.Null(GroupView.Of(
        new GroupRecord(ReconcilerTests.Spec, true, false, Now, 1), [], [], new LedgerResource(0, 0, "", 0, 0), [], "bus", Now).Upgrade);

    private static IEnumerable<string> EnginesOf(DeploymentSpec spec) =>
        spec.Members().Where(m => m.Kind == MemberKind.Engine).Select(m => m.Name);

    private static GroupResource View(params (MemberName, MemberProcess?, WorkerReport?)[] members) => GroupView.Of(
        new GroupRecord(Upgraded, true, false, Now, 1), members, [], new LedgerResource(0, 0, "", 0, 0), [], "bus", Now);

    private static (MemberName, MemberProcess?, WorkerReport?) Seen(string name, MemberRole role, long behind = 0)
    {
        var member = new MemberName(MemberKind.Engine, name);
        var process = new MemberProcess("demo", member) { IsAlive = true, Process = new ProcessIdentity(7, 1), StartedAt = Now };
        var status = new WorkerStatus
        {
            Group = "demo",
            Member = name,
            Project = "sum20",
            Pid = 7,
            Incarnation = "x",
            StartedAt = Now,
            ObservedAt = Now,
            State = MemberState.Running,
            Role = role,
            Behind = behind,
            KafkaReachable = true,
            ZooKeeperReachable = true,
        };
        return (member, process, new WorkerReport(status, Now, null, 0, null));
    }
}
