using System.Globalization;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Manager.Web.Deployments;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>Makes the resource of an upgrade of what is wanted and what is seen; pure.</summary>
internal static class UpgradeView
{
    /// <summary>Journal records a shadow may lag and still be handed over to.</summary>
    public const long BehindLimit = 200;

    /// <summary>The resource; null when no upgrade is under way.</summary>
    public static UpgradeResource? Of(
        DeploymentSpec spec, IReadOnlyList<MemberResource> members,
        IReadOnlyList<(MemberName Name, MemberProcess? Process, WorkerReport? Report)> reports)
    {
        if (spec.Upgrade is not { } upgrade)
        {
            return null;
        }

        var news = spec.NewEngines().Select(e => e.Name).ToHashSet(StringComparer.Ordinal);
        var engines = members.Where(m => m.FailoverGroup == "engines").ToList();
        var active = engines.Find(m => m.Role == MemberRole.Active);
        var writes = active is null ? null : news.Contains(active.Name) ? upgrade.Version : spec.Version;
        var next = engines.Where(m => news.Contains(m.Name) != (writes == upgrade.Version)).ToList();
        var reasons = active is null ? ["No engine is active."] : new List<string>();
        if (!next.Exists(IsReady))
        {
            reasons.AddRange(next.Select(WhyNot));
        }

        var shadow = reports.Where(r => next.Exists(m => m.Name == r.Name.Name))
            .Select(r => GroupView.Live(r.Process, r.Report)?.Status.Shadow).FirstOrDefault(s => s is not null);
        return new UpgradeResource(
            spec.Version, upgrade.Version, writes, [.. news.Order(StringComparer.Ordinal)], reasons.Count == 0, reasons, shadow);
    }

    /// <summary>True: it follows the version that writes and is at the journal's end.</summary>
    public static bool IsReady(MemberResource member) =>
        member is { Role: MemberRole.Shadow, Behind: <= BehindLimit, Age: { } age } && age < GroupView.FreshFor.TotalSeconds;

    private static string WhyNot(MemberResource member) => member switch
    {
        { State: MemberState.Failed } => $"{member.Name} has failed: {member.Reason}",
        { Role: MemberRole.Shadow } => string.Create(
            CultureInfo.InvariantCulture, $"{member.Name} is {member.Behind} journal records behind."),
        { Reason: { Length: > 0 } reason } => $"{member.Name}: {reason}",
        _ => $"{member.Name} is starting.",
    };
}
