using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Deployments;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>Says which servers the engines of a group can't reach, from what they report themselves; pure.</summary>
internal static class Outages
{
    /// <summary>A process that has just started has not tried yet.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(5);

    /// <summary>At most one sentence for Kafka and one for ZooKeeper, engines in their order; empty when all is well.</summary>
    public static IReadOnlyList<string> Of(
        IReadOnlyList<(MemberName Name, MemberProcess? Process, WorkerReport? Report)> members, DateTimeOffset now)
    {
        var live = members.Where(m => m.Name.FailoverGroup == "engines")
            .Select(m => (m.Name.Name, GroupView.Live(m.Process, m.Report)?.Status))
            .Where(m => m.Status is { } status && now - status.StartedAt > FirstLook)
            .ToList();
        List<string> outages = [];
        Add("Kafka", status => status.KafkaReachable);
        Add("ZooKeeper", status => status.ZooKeeperReachable);
        return outages;

        void Add(string what, Func<WorkerStatus, bool> isReachable)
        {
            var cut = live.Where(m => !isReachable(m.Status!)).Select(m => m.Name).ToList();
            if (cut.Count > 0)
            {
                outages.Add($"{string.Join(", ", cut)} can't reach {what}.");
            }
        }
    }
}
