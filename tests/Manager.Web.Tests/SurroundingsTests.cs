using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Cluster;

namespace Lockstep.Manager.Web.Tests;

/// <summary>What lies around a group and bears on whether it can fail over.</summary>
public sealed class SurroundingsTests
{
    [Theory]
    [InlineData(3, 2, "", "")]
    [InlineData(2, 2, "", "t has 2 of 3 replicas in sync.")]
    [InlineData(1, 2, "t has 1 of 3 replicas in sync, 2 are needed to commit.", "")]
    [InlineData(0, null, "t has 0 of 3 replicas in sync, 1 are needed to commit.", "")]
    public void Too_few_replicas_in_sync_stop_a_failover_and_fewer_than_all_are_told(int inSync, int? least, string reason, string note)
    {
        var judged = SurroundingsLook.Judge([new TopicResource("t", 1, 3, inSync, 0, 9, null, null) { MinInSyncReplicas = least }], false, false, []);

        Assert.Equal((reason, note), (string.Join(' ', judged.Reasons), string.Join(' ', judged.Notes)));
    }

    [Fact]
    public void What_only_slows_a_failover_down_is_no_reason_against_it()
    {
        var judged = SurroundingsLook.Judge([], true, true, ["engine-a"]);

        Assert.Empty(judged.Reasons);
        Assert.Equal(
            [
                "The manager can't reach Kafka.",
                "The manager can't reach ZooKeeper, so it can't close the session of a member that dies.",
                "engine-a has no supervisor: a death is noticed only when the ZooKeeper session times out.",
            ],
            judged.Notes);
    }

    [Fact]
    public void Readiness_is_one_line()
    {
        Assert.Equal("Can fail over now. A note.", new ReadinessResource(true, []) { Notes = ["A note."] }.Sentence);
        Assert.Equal(
            "Can't fail over now: No engine is active. engine-b is starting.",
            new ReadinessResource(false, ["No engine is active.", "engine-b is starting."]).Sentence);
    }
}
