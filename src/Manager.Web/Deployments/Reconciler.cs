namespace Lockstep.Manager.Web.Deployments;

/// <summary>A member as the supervisor sees it.</summary>
/// <param name="Member">Its name.</param>
/// <param name="IsAlive">True: its process lives.</param>
/// <param name="StopAskedAt">When it was asked to end; null when it was not.</param>
/// <param name="History">Its deaths.</param>
internal sealed record MemberSeen(MemberName Member, bool IsAlive, DateTimeOffset? StopAskedAt, RestartHistory History);

/// <summary>What to do to a member.</summary>
internal enum ReconcileKind
{
    /// <summary>Start its process.</summary>
    Start,

    /// <summary>Ask its process to give over and end.</summary>
    Stop,

    /// <summary>Kill its process, which did not end when asked.</summary>
    Kill,
}

/// <summary>One thing to do.</summary>
internal readonly record struct ReconcileAction(ReconcileKind Kind, MemberName Member);

/// <summary>Compares what is wanted with what is seen; pure: (spec, seen) to actions.</summary>
internal static class Reconciler
{
    /// <summary>A member that was asked to end has this long.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    /// <summary>What to do now, in order: outputs and engines start before the inputs that feed them, and stop after them.</summary>
    /// <param name="group">What is wanted.</param>
    /// <param name="seen">All members that are known, wanted or not.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<ReconcileAction> Plan(GroupRecord group, IReadOnlyList<MemberSeen> seen, DateTimeOffset now)
    {
        var wanted = group.Desired == "started"
            ? group.Spec.Members().Where(m => !group.Spec.StoppedMembers.Contains(m.Name)).ToHashSet()
            : [];
        var known = seen.ToDictionary(m => m.Member);
        var actions = new List<ReconcileAction>();
        foreach (var member in seen.Where(m => m.IsAlive).OrderBy(m => m.Member.Kind))
        {
            if (member.StopAskedAt is { } asked)
            {
                if (now - asked >= StopLimit)
                {
                    actions.Add(new ReconcileAction(ReconcileKind.Kill, member.Member));
                }
            }
            else if (!wanted.Contains(member.Member))
            {
                actions.Add(new ReconcileAction(ReconcileKind.Stop, member.Member));
            }
        }

        foreach (var name in wanted.OrderByDescending(m => m.Kind).ThenBy(m => m.Name, StringComparer.Ordinal))
        {
            var member = known.GetValueOrDefault(name);
            if (member is null or { IsAlive: false, History.GaveUp: null } && (member?.History.RetryAt ?? now) <= now)
            {
                actions.Add(new ReconcileAction(ReconcileKind.Start, name));
            }
        }

        return actions;
    }
}
