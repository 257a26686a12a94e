using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Drills;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>Clears everything that is held in memory about a group that is gone.</summary>
internal sealed class GroupForgetter(
    GroupModels models, WorkerRegistry registry, MemberLogs logs, FailoverRecorder failovers, DrillStore drills)
{
    /// <summary>Clears it.</summary>
    public void Forget(string group)
    {
        models.Forget(group);
        registry.Forget(group);
        logs.Forget(group);
        failovers.Forget(group);
        drills.Forget(group);
    }
}
