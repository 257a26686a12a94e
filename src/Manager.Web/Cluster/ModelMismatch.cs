using Lockstep.Contracts.Failover;
using Lockstep.Manager.Web.Deployments;
using Lockstep.Manager.Web.Ui;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>Finds standbys that run another model than the active engine; pure.</summary>
internal static class ModelMismatch
{
    /// <summary>A sentence for each; empty when all run the same or no engine is active.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<(MemberName Name, MemberProcess? Process, WorkerReport? Report)> members)
    {
        var live = members.Where(m => m.Name.FailoverGroup == "engines")
            .Select(m => GroupView.Live(m.Process, m.Report)?.Status)
            .Where(s => s is { ModelDigest.Length: > 0 }).ToList();
        return live.FirstOrDefault(s => s!.Role == MemberRole.Active) is not { } active
            ? []
            : live.Where(s => s!.Role == MemberRole.Standby && s.ModelDigest != active.ModelDigest).Select(s =>
                $"{s!.Member} runs another model ({Figures.Digest(s.ModelDigest)}) than {active.Member} ({Figures.Digest(active.ModelDigest)}).");
    }
}
