using System.Collections.Concurrent;
using Lockstep.Failover;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// What waits for a member's engine thread: inputs of the state machine and calls of its own, in order, and the signal that
/// wakes it. Its length is bounded by what is outstanding: one answer an effect, one call a reader or timer.
/// </summary>
internal sealed class Mailbox : IDisposable
{
    private readonly ConcurrentQueue<object> _items = new();
    private readonly ManualResetEventSlim _signal = new(false, spinCount: 0);

    public void Post(FailoverInput input)
    {
        _items.Enqueue(input);
        Wake();
    }

    /// <summary>Runs something on the engine thread.</summary>
    public void Post(Action call)
    {
        _items.Enqueue(call);
        Wake();
    }

    public void Wake() => _signal.Set();

    public bool TryTake(out object item) => _items.TryDequeue(out item!);

    /// <summary>Waits until something was posted or woken since the last call, or the time is over.</summary>
    public void Wait(TimeSpan longest)
    {
        if (longest > TimeSpan.Zero && _items.IsEmpty)
        {
            _signal.Wait(longest);
        }

        _signal.Reset();
    }

    public void Dispose() => _signal.Dispose();
}
