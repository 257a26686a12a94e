using System.Collections.Immutable;
using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>
/// The newest <see cref="ClusterSnapshot"/>. One writer (the observer of the groups) publishes; anybody reads
/// <see cref="Current"/> without a lock or subscribes.
/// </summary>
internal sealed class ClusterStateStore(TimeProvider time)
{
    private readonly ChangeSignal _signal = new();
    private readonly Lock _writing = new();
    private volatile ClusterSnapshot _current = new(0, [], "The bus is starting.", time.GetUtcNow());

    /// <summary>The newest snapshot; never null.</summary>
    public ClusterSnapshot Current => _current;

    /// <summary>Calls <paramref name="changed"/> after each new snapshot until the result is disposed; see <see cref="ChangeSignal"/>.</summary>
    public IDisposable Subscribe(Action changed) => _signal.Subscribe(changed);

    /// <summary>Makes this the newest snapshot, with the next version.</summary>
    /// <param name="groups">All groups.</param>
    /// <param name="busSentence">The bus.</param>
    public void Publish(IEnumerable<GroupResource> groups, string busSentence)
    {
        var sorted = groups.OrderBy(g => g.Name, StringComparer.Ordinal).ToImmutableArray();
        lock (_writing)
        {
            _current = new ClusterSnapshot(_current.Version + 1, sorted, busSentence, time.GetUtcNow());
        }

        _signal.Raise();
    }
}
