using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lockstep.Manager.Web.Launching;
using Lockstep.Manager.Web.Storage;

namespace Lockstep.Manager.Web.Deployments;

/// <content>What the loop does to one group.</content>
internal sealed partial class GroupSupervisor
{
    /// <summary>What is said of a process that gave over and ended because it was asked to.</summary>
    public const string EndedWhenAsked = "ended when asked";

    private readonly ConcurrentQueue<(string Group, string Member)> _toKeep = new();

    private async Task LookAsync(GroupRecord group, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        foreach (var member in _members.Values.Where(m => m.Group == group.Spec.Name && m.IsAlive))
        {
            Examine(member, now);
        }

        var seen = _members.Values.Where(m => m.Group == group.Spec.Name).Select(m => m.Seen).ToList();
        foreach (var action in Reconciler.Plan(group, seen, now))
        {
            await CarryOutAsync(group, action, cancellation);
        }

        if (group.IsDeleting && !_members.Values.Any(m => m.Group == group.Spec.Name && m.IsAlive))
        {
            await store.RemoveAsync(group.Spec.Name, cancellation);
            ImmutableInterlocked.Update(
                ref _members, all => all.RemoveRange(all.Keys.Where(k => k.Group == group.Spec.Name)));
            forgetter.Forget(group.Spec.Name);
            _signal.Raise();
        }
    }

    private void Examine(MemberProcess member, DateTimeOffset now)
    {
        var process = member.Process!.Value;
        var exitCode = NativeProcess.Reap(process.Pid);
        if (exitCode is null && process.IsAlive)
        {
            return;
        }

        // Read again: who killed it or asked it to end was noted before the deed.
        member = _members.GetValueOrDefault((member.Group, member.Member.Name), member);
        var isAsked = member.StopAskedAt is not null;
        var end = isAsked ? EndedWhenAsked
            : member.KilledBy is { } actor ? $"killed by {actor}"
            : WorkerEnd.WordsOf(exitCode);
        Set(member with
        {
            IsAlive = false,
            DiedAt = now,
            End = end,
            StopAskedAt = null,
            History = isAsked ? member.History with { RetryAt = now } : RestartPolicy.After(member.History, member.StartedAt, now, exitCode),
        });
        LogEnded(logger, member.Group, member.Member.Name, process.Pid, end);
    }

    private async Task CarryOutAsync(GroupRecord group, ReconcileAction action, CancellationToken cancellation)
    {
        var name = group.Spec.Name;
        switch (action.Kind)
        {
            case ReconcileKind.Start:
                await StartAsync(group.Spec, action.Member, cancellation);
                break;
            case ReconcileKind.Stop:
                await StopAsync(name, action.Member.Name);
                break;
            default:
                LogKilled(logger, name, action.Member.Name, Reconciler.StopLimit.TotalSeconds);
                _members.GetValueOrDefault((name, action.Member.Name))?.Process?.Kill();
                break;
        }
    }

    private async Task StartAsync(DeploymentSpec spec, MemberName member, CancellationToken cancellation)
    {
        var known = _members.GetValueOrDefault((spec.Name, member.Name)) ?? new MemberProcess(spec.Name, member);
        var now = time.GetUtcNow();
        var (process, problem) = await starter.StartAsync(spec, member, bus.Current!, cancellation);
        if (problem is not null)
        {
            LogNotStarted(logger, spec.Name, member.Name, problem);
            var history = RestartPolicy.After(known.History, now, now, null);
            Set(known with { End = problem, DiedAt = now, History = history.GaveUp is null ? history : history with { GaveUp = problem } });
            return;
        }

        var started = known with
        {
            Process = process,
            IsAlive = true,
            Incarnations = known.Incarnations + 1,
            StartedAt = now,
            DiedAt = null,
            End = null,
            StopAskedAt = null,
            KilledBy = null,
            KilledAt = null,
            Address = "",
        };
        Set(started);
        await KeepAsync(started, cancellation);
    }

    private async Task KeepAddressesAsync(CancellationToken cancellation)
    {
        while (_toKeep.TryDequeue(out var key))
        {
            if (_members.TryGetValue(key, out var member))
            {
                await KeepAsync(member, cancellation);
            }
        }
    }

    private Task KeepAsync(MemberProcess member, CancellationToken cancellation) => storage.KeepMemberAsync(
        new MemberRow
        {
            Group = member.Group,
            Member = member.Member.Name,
            Incarnations = member.Incarnations,
            Pid = member.Process?.Pid ?? 0,
            StartTicks = member.Process?.StartTicks ?? 0,
            StartedAt = member.StartedAt,
            Address = member.Address,
        },
        cancellation);

    private void Set(MemberProcess member)
    {
        ImmutableInterlocked.Update(ref _members, all => all.SetItem((member.Group, member.Member.Name), member));
        _signal.Raise();
    }

    private void Change(MemberProcess member, Func<MemberProcess, MemberProcess> change)
    {
        var key = (member.Group, member.Member.Name);
        ImmutableInterlocked.Update(
            ref _members, all => all.TryGetValue(key, out var now) ? all.SetItem(key, change(now)) : all);
        _signal.Raise();
    }

    [LoggerMessage(EventId = 6302, Level = LogLevel.Information, Message = "{Group}/{Member} (pid {Pid}) {End}")]
    private static partial void LogEnded(ILogger logger, string group, string member, int pid, string end);

    [LoggerMessage(EventId = 6303, Level = LogLevel.Warning, Message = "{Group}/{Member} did not end within {Seconds} s and is killed")]
    private static partial void LogKilled(ILogger logger, string group, string member, double seconds);

    [LoggerMessage(EventId = 6304, Level = LogLevel.Error, Message = "{Group}/{Member} could not be started: {Problem}")]
    private static partial void LogNotStarted(ILogger logger, string group, string member, string problem);
}
