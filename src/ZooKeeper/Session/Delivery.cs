using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Lockstep.ZooKeeper.Session;

/// <summary>
/// Hands events, states and answers to users, in the order in which they came, from one task: a slow callback delays
/// later callbacks and answers, never the connection or its pings.
/// </summary>
internal sealed partial class Delivery(ILogger logger)
{
    /// <summary>Not bounded here: calls are bounded by the limit on unanswered requests, events by the driver's look at <see cref="WaitingEvents"/>.</summary>
    private readonly Channel<Action> _queue =
        Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });

    private int _waitingEvents;

    /// <summary>How many events wait for callbacks.</summary>
    public int WaitingEvents => Volatile.Read(ref _waitingEvents);

    /// <summary>Queues an event for its callbacks.</summary>
    public void Event(IReadOnlyList<Action<WatchEvent>> callbacks, WatchEvent happened)
    {
        Interlocked.Increment(ref _waitingEvents);
        _queue.Writer.TryWrite(() =>
        {
            Interlocked.Decrement(ref _waitingEvents);
            foreach (Action<WatchEvent> callback in callbacks)
            {
                Guard(() => callback(happened));
            }
        });
    }

    /// <summary>Queues a state for whoever listens.</summary>
    public void State(Action tell) => _queue.Writer.TryWrite(() => Guard(tell));

    /// <summary>Queues the good end of a call.</summary>
    public void Complete(PendingCall call) => _queue.Writer.TryWrite(call.Complete);

    /// <summary>Queues the bad end of a call.</summary>
    public void Fail(PendingCall call, ErrorCode error) => _queue.Writer.TryWrite(() => call.Fail(error));

    /// <summary>Nothing more will be queued.</summary>
    public void End() => _queue.Writer.TryComplete();

    /// <summary>Delivers until the end.</summary>
    public async Task RunAsync()
    {
        await foreach (Action deliver in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            deliver();
        }
    }

    private void Guard(Action callback)
    {
        try
        {
            callback();
        }
#pragma warning disable CA1031 // Outermost edge of a user's callback: its fault must not stop answers to everybody else.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogCallbackFault(logger, fault);
        }
    }

    [LoggerMessage(3010, LogLevel.Error, "A callback of a ZooKeeper watch or state threw; the session goes on.")]
    private static partial void LogCallbackFault(ILogger logger, Exception fault);
}
