using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Failover;
using Lockstep.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Connectors.Tests.Kafka;

public sealed class GroupMembershipTests
{
    [Fact]
    public async Task A_defect_that_ends_its_task_is_told_to_the_owner()
    {
        var told = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        var defect = new InvalidOperationException("The owner can't take it.");
        var content = new ZnodeContent("a", "1", MemberRole.Standby, 0, "", "", 1);
        await using var membership = new ZooKeeperGroupMembership(
            new MembershipOptions($"127.0.0.1:{FreePorts.Next()}", TimeSpan.FromSeconds(1), "/ESP/g", content),
            new MembershipOwner(Report: _ => throw defect, OnSession: _ => { }, OnGone: () => { }, told.SetResult),
            TimeProvider.System, NullLogger.Instance);

        membership.Confirm(1);

        Assert.Same(defect, await Eventually.CompletesAsync(told.Task));
    }
}
