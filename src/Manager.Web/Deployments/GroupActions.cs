using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Manager.Web.Api;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Operations;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>Acts on a deployed group. Each gives an operation, which goes on when the caller is gone.</summary>
internal sealed class GroupActions(
    DeploymentStore store, ClusterStateStore state, GroupSupervisor supervisor, OperationStore operations, OperationWatch watch,
    ClusterObserver observer)
{
    /// <summary>The acts there are.</summary>
    public static IReadOnlyList<string> Names { get; } = ["start", "stop", "switchover", "restart", "kill"];

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Begins an act.</summary>
    /// <param name="group">Group name.</param>
    /// <param name="action">One of <see cref="Names"/>.</param>
    /// <param name="member">
    /// The member; null for the active engine (kill, switchover), or all (start, stop, restart).
    /// </param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellation">Stops waiting; what has begun goes on.</param>
    public async Task<Outcome<OperationResource>> RunAsync(
        string group, string action, string? member, string actor, CancellationToken cancellation)
    {
        if (!Names.Contains(action))
        {
            return Refusal.Of(RefusalKind.NotFound, "noSuchAction", $"There is no action '{action}'; there are {string.Join(", ", Names)}.");
        }

        if (!store.Groups.TryGetValue(group, out var record) || state.Current.Find(group) is not { } seen)
        {
            return Refusal.Of(RefusalKind.NotFound, "noSuchGroup", $"There is no group '{group}'.");
        }

        if (record.IsDeleting)
        {
            return Refusal.Of(RefusalKind.Conflict, "groupDeleting", $"Group '{group}' is being deleted.");
        }

        if (member is not null && seen.Members.All(m => m.Name != member))
        {
            return Refusal.Of(RefusalKind.Invalid, "noSuchMember", $"Group '{group}' has no member '{member}'.");
        }

        return action switch
        {
            "start" or "stop" when member is not null => await StopOrStartOneAsync(record, action == "stop", member, actor, cancellation),
            "start" => await StartAsync(group, actor, cancellation),
            "stop" => await StopAsync(group, actor, cancellation),
            "restart" => await RestartAsync(seen, member, actor),
            _ => await ActOnOneAsync(seen, action, member, actor),
        };
    }

    /// <summary>What an act would do, as one sentence; does nothing.</summary>
    public string Forecast(string group, string action, string? member)
    {
        if (state.Current.Find(group) is not { } seen)
        {
            return $"There is no group '{group}'.";
        }

        var target = member ?? Active(seen)?.Name;
        var next = seen.Members.FirstOrDefault(m => m is { FailoverGroup: "engines", Role: MemberRole.Standby } && m.Name != target);
        var isActiveEngine = target is not null && target == Active(seen)?.Name;
        return action switch
        {
            "start" when member is not null => $"{member} would be started.",
            "stop" when member is not null && (!isActiveEngine || next is null) => isActiveEngine
                ? $"{member} would give over to nobody: output would pause until an engine is started."
                : $"{member} would end and stay down until it is started.",
            "stop" when member is not null => $"{member} would give over to {next!.Name}, end, and stay down until it is started.",
            "start" => $"All members of {group} would be started; given-up ones are tried again.",
            "stop" => $"All members of {group} would give over and end; input waits in its file and topic.",
            "restart" when member is null => $"All members of {group} would be restarted, the standby first.",
            "kill" or "switchover" or "restart" when isActiveEngine && next is not null =>
                $"{next.Name} would become active; expected gap under {(action == "kill" ? "1 s" : "100 ms")}; "
                + (seen.Readiness.Ready ? "readiness OK." : string.Join(" ", seen.Readiness.Reasons)),
            "kill" or "switchover" or "restart" when isActiveEngine =>
                $"No standby could take over: output would pause until {target} is back. " + string.Join(" ", seen.Readiness.Reasons),
            "switchover" => $"{target ?? "No engine"} is not active: nothing would happen.",
            _ => $"{target ?? "No member"} would be {(action == "kill" ? "killed and " : "")}started again; output would go on.",
        };
    }

    private static MemberResource? Active(GroupResource group) =>
        group.Members.FirstOrDefault(m => m is { FailoverGroup: "engines", Role: MemberRole.Active });

    private async Task<Outcome<OperationResource>> StartAsync(string group, string actor, CancellationToken cancellation)
    {
        await ChangeAsync(group, isStarted: true, cancellation);
        supervisor.Pardon(group);
        var operation = operations.Begin("start", group, null, actor, "Starting all members.");
        watch.Add(operation.Id, Limit, s => IsUp(s.Find(group)) ? "All members run." : null);
        return operation;
    }

    private async Task<Outcome<OperationResource>> StopAsync(string group, string actor, CancellationToken cancellation)
    {
        await ChangeAsync(group, isStarted: false, cancellation);
        var operation = operations.Begin("stop", group, null, actor, "Stopping all members.");
        watch.Add(operation.Id, Limit, s => s.Find(group) is not { } g || g.Members.All(m => m.Pid is null) ? "All members have ended." : null);
        return operation;
    }

    private async Task<Outcome<OperationResource>> StopOrStartOneAsync(
        GroupRecord record, bool isStop, string member, string actor, CancellationToken cancellation)
    {
        var group = record.Spec.Name;
        if (!record.IsStarted)
        {
            return Refusal.Of(RefusalKind.Conflict, "groupStopped", $"Group '{group}' is stopped; start it first.");
        }

        if (await store.ChangeAsync(group, g => g with { Spec = WithStopped(g.Spec, isStop, member) }, cancellation) is not { } changed)
        {
            return Refusal.Of(RefusalKind.NotFound, "noSuchGroup", $"There is no group '{group}'.");
        }

        await observer.ObserveNowAsync(changed.Spec, cancellation);
        if (!isStop)
        {
            supervisor.Pardon(group);
        }

        var operation = operations.Begin(
            isStop ? "stop" : "start", group, member, actor, isStop ? $"{member} gives over and ends." : $"Starting {member}.");
        watch.Add(operation.Id, Limit, s => s.Find(group)?.Members.FirstOrDefault(m => m.Name == member) switch
        {
            null => "It is gone.",
            { Pid: null } when isStop => $"{member} has ended.",
            { State: MemberState.Running or MemberState.Degraded } when !isStop => $"{member} runs.",
            _ => null,
        });
        return operation;
    }

    private static DeploymentSpec WithStopped(DeploymentSpec spec, bool isStopped, string member) => spec with
    {
        StoppedMembers = isStopped ? spec.StoppedMembers.Add(member) : spec.StoppedMembers.Remove(member),
    };

    private async Task ChangeAsync(string group, bool isStarted, CancellationToken cancellation)
    {
        if (await store.ChangeAsync(
            group, g => g with { IsStarted = isStarted, Spec = g.Spec with { StoppedMembers = [] } }, cancellation) is { } changed)
        {
            await observer.ObserveNowAsync(changed.Spec, cancellation);
        }
    }

    private async Task<Outcome<OperationResource>> RestartAsync(GroupResource group, string? member, string actor)
    {
        supervisor.Pardon(group.Name);
        if (await store.ChangeAsync(
            group.Name,
            g => g with { Spec = g.Spec with { StoppedMembers = member is null ? [] : g.Spec.StoppedMembers.Remove(member) } },
            CancellationToken.None) is { } changed)
        {
            await observer.ObserveNowAsync(changed.Spec, CancellationToken.None);
        }

        // Standbys first: then the active gives over to one that is back already.
        var members = group.Members.Where(m => member is null || m.Name == member)
            .OrderBy(m => m.Role == MemberRole.Active ? 1 : 0).ToList();
        var operation = operations.Begin("restart", group.Name, member, actor, $"Restarting {member ?? "all members"}.");
        foreach (var one in members)
        {
            await supervisor.StopAsync(group.Name, one.Name);
        }

        var before = members.ToDictionary(m => m.Name, m => m.Incarnation);
        watch.Add(operation.Id, Limit, s =>
            s.Find(group.Name)?.Members.Where(m => before.ContainsKey(m.Name))
                .All(m => m.Incarnation > before[m.Name] && m.State == MemberState.Running) == true ? "Restarted." : null);
        return operation;
    }

    private async Task<Outcome<OperationResource>> ActOnOneAsync(GroupResource group, string action, string? member, string actor)
    {
        var target = member is null ? Active(group) : group.Members.First(m => m.Name == member);
        if (target is null)
        {
            return Refusal.Of(RefusalKind.Conflict, "noActive", $"No engine of '{group.Name}' is active now.");
        }

        if (action == "switchover" && target.Role != MemberRole.Active)
        {
            return Refusal.Of(RefusalKind.Conflict, "notActive", $"{target.Name} is not active, so it has nothing to give over.");
        }

        if (action == "switchover" && !group.Members.Any(m => m.FailoverGroup == target.FailoverGroup && m.Role == MemberRole.Standby))
        {
            return Refusal.Of(RefusalKind.Conflict, "noStandby",
                $"No other member of '{group.Name}' could take over. {string.Join(' ', group.Readiness.Reasons)}".TrimEnd());
        }

        var operation = operations.Begin(
            action, group.Name, target.Name, actor, action == "kill" ? $"Killing {target.Name}." : $"{target.Name} gives over.");
        var isBegun = action == "kill"
            ? supervisor.Kill(group.Name, target.Name, actor)
            : await supervisor.SwitchoverAsync(group.Name, target.Name);
        if (!isBegun)
        {
            operations.End(operation.Id, isDone: false, $"{target.Name} is out of reach.");
            return Refusal.Of(RefusalKind.OutOfReach, "memberOutOfReach", $"{target.Name} has no living process that can be reached.");
        }

        watch.Add(operation.Id, Limit, s => s.Find(group.Name) is { } now ? Result(now, target, action) : "The group is gone.");
        return operation;
    }

    /// <summary>What a kill or switchover has led to; null while it is under way.</summary>
    private static string? Result(GroupResource now, MemberResource target, string action)
    {
        if (target.Role == MemberRole.Active)
        {
            var next = now.Members.FirstOrDefault(m =>
                m.FailoverGroup == target.FailoverGroup && m.Role == MemberRole.Active
                && (m.Name != target.Name || m.Incarnation > target.Incarnation));
            return next is null ? null : $"{next.Name} is active now.";
        }

        return action == "kill" && now.Members.FirstOrDefault(m => m.Name == target.Name) is { State: MemberState.Running } back
            && back.Incarnation > target.Incarnation
                ? $"{target.Name} runs again."
                : null;
    }

    private static bool IsUp(GroupResource? group) =>
        group is not null && group.Members.All(m => m.State is MemberState.Running or MemberState.Degraded);
}
