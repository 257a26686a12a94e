using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Manager.Web.Deployments;
using Lockstep.Manager.Web.Failovers;
using Lockstep.Manager.Web.Operations;
using Lockstep.Manager.Web.Supervision;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>
/// Notices that another member of an election has become active, and records it as a failover or switchover. Used by the
/// observer's loop alone.
/// </summary>
internal sealed class FailoverDetector(FailoverRecorder recorder, OperationStore operations, DeathNotes deaths, FailoverInbox inbox)
{
    /// <summary>Actor of what drills do.</summary>
    public const string DrillActor = "drill";

    private static readonly TimeSpan CauseSpan = TimeSpan.FromSeconds(30);

    private readonly Dictionary<(string Group, string Election), (string Member, long Epoch)> _actives = [];
    private readonly Dictionary<(string Group, string Member), Loss> _losses = [];
    private readonly Dictionary<(string Group, string Member), int> _explained = [];

    /// <summary>Takes a look at the members of a group.</summary>
    public void Look(
        string group, IEnumerable<(MemberName Name, MemberProcess? Process, WorkerReport? Report)> members, DateTimeOffset now)
    {
        foreach (var (name, process, _) in members)
        {
            // One that was killed a moment ago may not have been found dead yet.
            if (process is { IsAlive: false, DiedAt: { } diedAt })
            {
                _losses[(group, name.Name)] = Loss.Of(process, diedAt);
            }
            else if (process is { KilledAt: { } killedAt })
            {
                _losses[(group, name.Name)] = Loss.Of(process, killedAt);
            }
        }

        foreach (var election in members.GroupBy(m => m.Name.FailoverGroup))
        {
            var active = election.Select(m => GroupView.Live(m.Process, m.Report))
                .Where(r => r?.Status.Role == MemberRole.Active).MaxBy(r => r!.Status.Epoch);
            if (active is not null)
            {
                Compare(group, election.Key, active, now);
            }
        }
    }

    /// <summary>Forgets a group that is gone.</summary>
    public void Forget(string group)
    {
        foreach (var key in _actives.Keys.Where(k => k.Group == group).ToList())
        {
            _actives.Remove(key);
        }
    }

    private void Compare(string group, string election, WorkerReport active, DateTimeOffset now)
    {
        var status = active.Status;
        var key = (group, election);
        if (!_actives.TryGetValue(key, out var last))
        {
            // The first look of this manager: what an earlier one has recorded tells whether something happened meanwhile.
            last = recorder.Of(group).Where(f => f.FailoverGroup == election).Select(f => (f.To, f.Epoch)).FirstOrDefault();
            if (last.Member is null)
            {
                _actives[key] = (status.Member, status.Epoch);
                return;
            }
        }

        if (status.Epoch <= last.Epoch)
        {
            return;
        }

        _actives[key] = (status.Member, status.Epoch);
        // A death explains one failover: the member may be back and give over a moment later.
        var explained = _explained.GetValueOrDefault((group, last.Member));
        var loss = _losses.GetValueOrDefault((group, last.Member)) is { } known && now - known.At < CauseSpan && known.Pid != explained
            ? known
            : null;
        var death = deaths.Of(group, last.Member) is { } note && now - note.SeenAt < CauseSpan && note.Pid != explained ? note : null;
        if ((loss?.Pid ?? death?.Pid) is { } pid)
        {
            _explained[(group, last.Member)] = pid;
        }

        var asked = operations.Current.FirstOrDefault(o =>
            o.Group == group && now - o.StartedAt < CauseSpan && (o.Action is "handover" or "rollback"
                ? o.Member == status.Member
                : o.Action is "switchover" or "restart" or "stop" && (o.Member is null || o.Member == last.Member)));
        var since = active.ActiveSince ?? now;
        var lostAt = loss?.KilledAt ?? death?.SeenAt ?? loss?.At;
        var failover = new FailoverResource(
            recorder.Of(group).Select(f => f.Number).FirstOrDefault() + 1, since, election, last.Member, status.Member, status.Epoch,
            CauseOf(loss, death, asked, last.Member, status),
            lostAt is { } lost ? Math.Max(0, Math.Round((since - lost).TotalMilliseconds, 1)) : null)
        {
            Actor = loss?.KilledBy is { } killer && killer != DrillActor ? killer : (loss is null && death is null ? asked?.Actor : null),
            Verdict = "pending",
        };
        recorder.Put(group, failover);
        var znode = status.Znode;
        inbox.Add(new FailoverFacts(
            group, failover, znode?[..znode.LastIndexOf('/')], loss?.Pid ?? death?.Pid ?? 0, loss?.KilledAt,
            loss is null && death is null ? asked?.StartedAt : null, death, loss?.End));
    }

    private static string CauseOf(Loss? loss, Death? death, OperationResource? asked, string from, WorkerStatus status) =>
        loss?.KilledBy is { } actor ? (actor == DrillActor ? "drill" : "killed")
        : death is { WasSilent: true } ? "paused"
        : loss is { WasAsked: false } || death is not null ? "died"
        : asked is not null || loss is not null ? "switchover"
        : from == status.Member ? "reacquired"
        : status.ZooKeeperReachable ? "sessionExpired"
        : "emergency";

    private sealed record Loss(DateTimeOffset At, int Pid, string? KilledBy, DateTimeOffset? KilledAt, string? End)
    {
        public bool WasAsked => End == GroupSupervisor.EndedWhenAsked;

        public static Loss Of(MemberProcess process, DateTimeOffset at) =>
            new(at, process.Process?.Pid ?? 0, process.KilledBy, process.KilledAt, process.End);
    }
}
