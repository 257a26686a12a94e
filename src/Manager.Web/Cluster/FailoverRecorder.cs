using System.Collections.Immutable;
using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>The failovers and switchovers that the manager has seen, a list a group; at most <see cref="KeptPerGroup"/> each.</summary>
internal sealed class FailoverRecorder
{
    /// <summary>The newest ones of a group that are kept in memory.</summary>
    public const int KeptPerGroup = 500;

    private readonly ChangeSignal _signal = new();
    private ImmutableDictionary<string, ImmutableArray<FailoverResource>> _byGroup =
        ImmutableDictionary<string, ImmutableArray<FailoverResource>>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>Failovers of a group, newest first; empty for an unknown one.</summary>
    public ImmutableArray<FailoverResource> Of(string group) =>
        _byGroup.TryGetValue(group, out var all) ? all : [];

    /// <summary>Failovers of all groups.</summary>
    public ImmutableDictionary<string, ImmutableArray<FailoverResource>> All => _byGroup;

    /// <summary>Calls <paramref name="changed"/> after each new failover; see <see cref="ChangeSignal"/>.</summary>
    public IDisposable Subscribe(Action changed) => _signal.Subscribe(changed);

    /// <summary>Adds one in front, or replaces the one with the same number.</summary>
    public void Put(string group, FailoverResource failover)
    {
        ImmutableInterlocked.AddOrUpdate(
            ref _byGroup, group, _ => [failover], (_, all) =>
            {
                var kept = all.RemoveAll(f => f.Number == failover.Number).Add(failover);
                return [.. kept.OrderByDescending(f => f.Number).Take(KeptPerGroup)];
            });
        _signal.Raise();
    }

    /// <summary>Forgets a group that is gone.</summary>
    public void Forget(string group)
    {
        ImmutableInterlocked.TryRemove(ref _byGroup, group, out _);
        _signal.Raise();
    }
}
