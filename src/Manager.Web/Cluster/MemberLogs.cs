using System.Collections.Immutable;
using Lockstep.Contracts.Hubs;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>The newest log lines of each member, as the workers push them; at most <see cref="KeptPerMember"/> a member.</summary>
internal sealed class MemberLogs
{
    /// <summary>Lines kept of each member; older ones are in the member's own log file.</summary>
    public const int KeptPerMember = 500;

    private readonly ChangeSignal _signal = new();
    private ImmutableDictionary<(string Group, string Member), ImmutableArray<WorkerLogLine>> _lines =
        ImmutableDictionary<(string, string), ImmutableArray<WorkerLogLine>>.Empty;

    /// <summary>Lines of a member, oldest first; empty for an unknown one.</summary>
    public ImmutableArray<WorkerLogLine> Of(string group, string member) =>
        _lines.TryGetValue((group, member), out var all) ? all : [];

    /// <summary>Calls <paramref name="changed"/> after new lines; see <see cref="ChangeSignal"/>.</summary>
    public IDisposable Subscribe(Action changed) => _signal.Subscribe(changed);

    /// <summary>Adds lines, oldest first.</summary>
    public void Add(string group, string member, IReadOnlyList<WorkerLogLine> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }

        ImmutableInterlocked.AddOrUpdate(
            ref _lines, (group, member), _ => Newest([.. lines]), (_, all) => Newest(all.AddRange(lines)));
        _signal.Raise();
    }

    /// <summary>Forgets a group that is gone.</summary>
    public void Forget(string group) =>
        ImmutableInterlocked.Update(ref _lines, all => all.RemoveRange(all.Keys.Where(k => k.Group == group)));

    private static ImmutableArray<WorkerLogLine> Newest(ImmutableArray<WorkerLogLine> lines) =>
        lines.Length <= KeptPerMember ? lines : lines.RemoveRange(0, lines.Length - KeptPerMember);
}
