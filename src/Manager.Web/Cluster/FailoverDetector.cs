using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Manager.Web.Deployments;
using Lockstep.Manager.Web.Operations;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>
/// Notices that another member of an election has become active, and records it as a failover or switchover. Used by the
/// observer's loop alone.
/// </summary>
internal sealed class FailoverDetector(FailoverRecorder recorder, OperationStore operations)
{
    private static readonly TimeSpan CauseSpan = TimeSpan.FromSeconds(30);

    private readonly Dictionary<(string Group, string Election), (string Member, long Epoch)> _actives = [];
    private readonly Dictionary<(string Group, string Member), (DateTimeOffset At, string Cause)> _losses = [];

    /// <summary>Takes a look at the members of a group.</summary>
    public void Look(
        string group, IEnumerable<(MemberName Name, MemberProcess? Process, WorkerReport? Report)> members, DateTimeOffset now)
    {
        foreach (var (name, process, _) in members)
        {
            if (process is { IsAlive: false, DiedAt: { } diedAt })
            {
                _losses[(group, name.Name)] = (diedAt, process.KilledBy is not null ? "killed" : "died");
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
        var loss = _losses.TryGetValue((group, last.Member), out var known) && now - known.At < CauseSpan ? known : default;
        var isAsked = operations.Current.Any(o =>
            o.Group == group && o.Action is "switchover" or "restart" && now - o.StartedAt < CauseSpan);
        var cause = loss.Cause ?? (isAsked ? "switchover" : "unknown");
        var since = active.ActiveSince ?? now;
        recorder.Put(group, new FailoverResource(
            recorder.Of(group).Select(f => f.Number).FirstOrDefault() + 1, since, election, last.Member, status.Member,
            status.Epoch, cause, loss.Cause is null ? null : Math.Max(0, Math.Round((since - loss.At).TotalMilliseconds, 1))));
    }
}
