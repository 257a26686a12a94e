using System.Collections.Immutable;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>
/// Tells subscribers that something has changed; what it is they read from an immutable snapshot. Subscribers are called
/// on the thread that made the change, must return at once and must not throw (a component: InvokeAsync and coalesce).
/// </summary>
internal sealed class ChangeSignal
{
    private ImmutableArray<Subscription> _subscriptions = [];

    /// <summary>Calls <paramref name="changed"/> after each change until the result is disposed.</summary>
    public IDisposable Subscribe(Action changed)
    {
        var subscription = new Subscription(this, changed);
        ImmutableInterlocked.Update(ref _subscriptions, (all, one) => all.Add(one), subscription);
        return subscription;
    }

    /// <summary>Calls all subscribers, in the order in which they came.</summary>
    public void Raise()
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.Changed();
        }
    }

    private sealed class Subscription(ChangeSignal signal, Action changed) : IDisposable
    {
        public Action Changed { get; } = changed;

        public void Dispose() =>
            ImmutableInterlocked.Update(ref signal._subscriptions, (all, one) => all.Remove(one), this);
    }
}
