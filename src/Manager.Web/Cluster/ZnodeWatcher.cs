using System.Collections.Immutable;
using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>The znodes below /ESP, kept current by watches.</summary>
internal sealed class ZnodeWatcher(TimeProvider time)
{
    private readonly ChangeSignal _signal = new();
    private volatile ZnodeTree _current = new(
        0, ImmutableSortedDictionary<string, ZnodeResource>.Empty.WithComparers(StringComparer.Ordinal), false, time.GetUtcNow());

    /// <summary>The newest tree.</summary>
    public ZnodeTree Current => _current;

    /// <summary>Calls <paramref name="changed"/> after each change; see <see cref="ChangeSignal"/>.</summary>
    public IDisposable Subscribe(Action changed) => _signal.Subscribe(changed);

    /// <summary>Makes these the newest znodes.</summary>
    public void Publish(ImmutableSortedDictionary<string, ZnodeResource> nodes, bool isConnected)
    {
        _current = new ZnodeTree(_current.Version + 1, nodes, isConnected, time.GetUtcNow());
        _signal.Raise();
    }
}
