using System.Globalization;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Manager.Web.Deployments;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>
/// One true sentence about a group: <c>demo: engine-b ACTIVE since 12:04:07 (znode server-n_0000000018), engine-a STANDBY,
/// 3 events behind; 0 lost, 0 duplicated since deploy; can fail over now.</c> Times are UTC. Pure.
/// </summary>
internal static class StateSentence
{
    /// <summary>The sentence.</summary>
    public static string Of(
        GroupRecord group, IReadOnlyList<MemberResource> members, LedgerResource ledger, ReadinessResource readiness,
        IReadOnlyList<(MemberName Name, MemberProcess? Process, WorkerReport? Report)> seen,
        IReadOnlyList<FailoverResource> failovers)
    {
        var name = group.Spec.Name;
        if (group.IsDeleting)
        {
            return $"{name}: being deleted.";
        }

        var continuity = string.Create(
            CultureInfo.InvariantCulture, $"{ledger.Lost} lost, {ledger.Duplicated} duplicated since deploy");
        if (!group.IsStarted)
        {
            var alive = members.Count(m => m.Pid is not null);
            return alive == 0
                ? $"{name}: stopped; {continuity}."
                : string.Create(CultureInfo.InvariantCulture, $"{name}: stopping, {alive} members still run; {continuity}.");
        }

        var engines = members.Where(m => m.FailoverGroup == "engines")
            .OrderBy(m => m.Role == MemberRole.Active ? 0 : 1).Select(m => Clause(m, seen, failovers));
        var others = members.Where(m => m.FailoverGroup != "engines" && m.State is MemberState.Failed or MemberState.Degraded)
            .Select(m => $"{m.Name} {WordOf(m)}");
        var ready = readiness.Ready ? "can fail over now" : "can't fail over now: " + Lower(readiness.Reasons[0]).TrimEnd('.');
        return $"{name}: {string.Join(", ", engines.Concat(others))}; {continuity}; {ready}.";
    }

    private static string Clause(
        MemberResource engine, IReadOnlyList<(MemberName Name, MemberProcess? Process, WorkerReport? Report)> seen,
        IReadOnlyList<FailoverResource> failovers)
    {
        if (engine.Role == MemberRole.Active)
        {
            // A manager that was started later did not see it, but may have it on record.
            var report = seen.FirstOrDefault(s => s.Name.Name == engine.Name).Report;
            var since = report?.ActiveSince
                ?? failovers.FirstOrDefault(f => f.To == engine.Name && f.Epoch == report?.Status.Epoch)?.At;
            var time = since is { } at ? $" since {at.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}" : "";
            var znode = engine.Znode is { } path ? $" (znode {path[(path.LastIndexOf('/') + 1)..]})" : "";
            return $"{engine.Name} ACTIVE{time}{znode}";
        }

        return engine.Role == MemberRole.Standby
            ? string.Create(CultureInfo.InvariantCulture, $"{engine.Name} STANDBY, {engine.Behind} events behind")
            : $"{engine.Name} {WordOf(engine)}";
    }

    private static string WordOf(MemberResource member) => member switch
    {
        { State: MemberState.Failed } => "FAILED",
        { State: MemberState.Degraded, Reason: null } => "DEGRADED",
        { State: MemberState.Degraded } => $"DEGRADED ({Lower(member.Reason).TrimEnd('.')})",
        { State: MemberState.Restarting } => "RESTARTING",
        { State: MemberState.Stopped } => "STOPPED",
        { Role: MemberRole.Acquiring } => "TAKING OVER",
        { Role: MemberRole.Recovering } => "RECOVERING",
        { Role: MemberRole.Shadow } => "SHADOW",
        { Role: MemberRole.Fenced } => "FENCED",
        _ => "STARTING",
    };

    private static string Lower(string text) =>
        text.Length > 1 && char.IsUpper(text[0]) && !char.IsUpper(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
}
