using System.Globalization;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Manager.Web.Deployments;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>Makes a group's resource of what is wanted and what is seen; pure.</summary>
internal static class GroupView
{
    /// <summary>An observation older than this says nothing about now.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(3);

    /// <summary>Journal records a standby may lag and still take over at once.</summary>
    public const long BehindLimit = 10_000;

    /// <summary>The resource.</summary>
    public static GroupResource Of(
        GroupRecord group, IReadOnlyList<(MemberName Name, MemberProcess? Process, WorkerReport? Report)> members,
        IReadOnlyList<string> topics, LedgerResource kept, IReadOnlyList<FailoverResource> failovers, string bus,
        DateTimeOffset now, Surroundings? surroundings = null)
    {
        surroundings ??= Surroundings.None;
        var resources = members.Select(m => MemberOf(group, m.Name, m.Process, m.Report, now)).ToList();
        var ledger = members.Select(m => Live(m.Process, m.Report)?.Status.Ledger).FirstOrDefault(l => l is not null) is { } live
            ? new LedgerResource(live.Lost, live.Duplicated, live.LastId, live.LastQ, live.Rows) { Topic = live.Topic, Gaps = live.Gaps }
            : kept;
        var outages = group.Desired == "started" ? Outages.Of(members, now) : [];
        var readiness = ReadinessOf(group, resources, [.. outages, .. surroundings.Reasons, .. ModelMismatch.Of(members)]) with
        {
            Notes = group.Desired == "started" ? surroundings.Notes : [],
        };
        return new GroupResource
        {
            Name = group.Spec.Name,
            Summary = StateSentence.Of(group, resources, ledger, readiness, members, failovers),
            Project = group.Spec.Project,
            Version = group.Spec.Version,
            Desired = group.Desired,
            Members = resources,
            Ledger = ledger,
            Readiness = readiness,
            Failovers = failovers.Count == 0 ? 0 : failovers.Max(f => f.Number),
            Topics = topics,
            InputFile = group.Spec.InputFile,
            OutputFile = group.Spec.OutputFile,
            CreatedAt = group.CreatedAt,
            Bus = bus,
            IsProduction = group.Spec.IsProduction,
            Upgrade = UpgradeView.Of(group.Spec, resources, members),
        };
    }

    /// <summary>The report, if it is of the process that lives now.</summary>
    public static WorkerReport? Live(MemberProcess? process, WorkerReport? report) =>
        process is { IsAlive: true } && report is not null && report.Status.Pid == process.Process?.Pid ? report : null;

    private static MemberResource MemberOf(
        GroupRecord group, MemberName name, MemberProcess? process, WorkerReport? report, DateTimeOffset now)
    {
        var live = Live(process, report);
        var status = live?.Status;
        var (state, reason) = StateOf(group, name, process, status);
        return new MemberResource(
            name.Name, name.FailoverGroup, status?.Role, state, reason,
            process is { IsAlive: true } ? process.Process?.Pid : null,
            status?.Znode, status?.WatchedZnode,
            status?.Position ?? report?.Status.Position ?? 0, status?.Behind ?? 0,
            status is { Version.Length: > 0 } ? status.Version : group.Spec.VersionOf(name),
            status?.StateDigest, status?.DigestAgrees ?? true, live?.EventsPerSecond ?? 0,
            process?.Incarnations ?? 0,
            process is { IsAlive: true } ? process.StartedAt : null,
            live is null ? null : Math.Round(Math.Max(0, (now - live.SeenAt).TotalSeconds), 2),
            process is { Address.Length: > 0 } ? process.Address : status?.Address)
        {
            Alarms = status?.Alarms ?? [],
            DeadLetters = status?.DeadLetters ?? 0,
        };
    }

    private static (MemberState State, string? Reason) StateOf(
        GroupRecord group, MemberName name, MemberProcess? process, WorkerStatus? status)
    {
        var isWanted = group.Desired == "started" && !group.Spec.StoppedMembers.Contains(name.Name);
        return process switch
        {
            { IsAlive: true, StopAskedAt: not null } => (MemberState.Running, "Gives over and ends."),
            { IsAlive: true } when status is not null => (status.State, status.Reason),
            { IsAlive: true } => (MemberState.Starting, null),
            { History.GaveUp: { } why } => (MemberState.Failed, $"Given up: {why}. Restart it to try again."),
            _ when !isWanted => (MemberState.Stopped, process?.End is { } end ? Sentence(end) : null),
            null => (MemberState.Starting, null),
            _ => (MemberState.Restarting, process.End is { } end ? Sentence(end) : null),
        };
    }

    private static ReadinessResource ReadinessOf(
        GroupRecord group, List<MemberResource> members, IReadOnlyList<string> outages)
    {
        if (group.Desired != "started")
        {
            return new ReadinessResource(false, ["The group is stopped."]);
        }

        // Without ZooKeeper nobody is elected, without Kafka nobody can commit.
        var reasons = new List<string>(outages);
        var engines = members.Where(m => m.FailoverGroup == "engines").ToList();
        if (!engines.Any(m => m.Role == MemberRole.Active && IsFresh(m)))
        {
            reasons.Add("No engine is active.");
        }

        if (engines.Any(m => m is { Role: MemberRole.Standby, Znode: not null, DigestAgrees: true, Behind: <= BehindLimit } && IsFresh(m)))
        {
            return new ReadinessResource(reasons.Count == 0, reasons);
        }

        if (engines.Count < 2)
        {
            reasons.Add("The group has one engine.");
        }

        foreach (var engine in engines.Where(m => m.Role != MemberRole.Active))
        {
            reasons.Add(WhyNot(engine));
        }

        if (reasons.Count == 0)
        {
            reasons.Add("No standby engine is there.");
        }

        return new ReadinessResource(false, reasons);
    }

    private static string WhyNot(MemberResource engine) => engine switch
    {
        { State: MemberState.Failed } => $"{engine.Name} has failed: {engine.Reason}",
        { State: MemberState.Stopped } => $"{engine.Name} is stopped.",
        { State: MemberState.Restarting } => $"{engine.Name} waits to be started again: {engine.Reason}",
        { State: MemberState.Starting } or { Role: null } => $"{engine.Name} is starting.",
        _ when !IsFresh(engine) => string.Create(CultureInfo.InvariantCulture, $"{engine.Name} was last seen {engine.Age:F0} s ago."),
        { DigestAgrees: false } => $"{engine.Name} has diverged from the active engine and rebuilds.",
        { Role: MemberRole.Standby, Znode: null, Behind: > 0 } => string.Create(
            CultureInfo.InvariantCulture, $"{engine.Name} is {engine.Behind} records behind and stands aside until it has caught up."),
        { Role: MemberRole.Standby, Znode: null } => $"{engine.Name} has no znode yet.",
        { Role: MemberRole.Standby } => string.Create(CultureInfo.InvariantCulture, $"{engine.Name} is {engine.Behind} records behind."),
        { Reason: { } reason } => $"{engine.Name} is {RoleWord(engine.Role)}: {reason}",
        _ => $"{engine.Name} is {RoleWord(engine.Role)}.",
    };

    private static bool IsFresh(MemberResource member) => member.Age is { } age && age < FreshFor.TotalSeconds;

    private static string RoleWord(MemberRole? role) => role switch
    {
        null => "starting",
        MemberRole.Recovering => "recovering",
        MemberRole.Standby => "standby",
        MemberRole.Acquiring => "taking over",
        MemberRole.Active => "active",
        MemberRole.Shadow => "shadow of another version",
        _ => "fenced",
    };

    private static string Sentence(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..] + ".";
}
