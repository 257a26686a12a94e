using System.Collections.Concurrent;
using Lockstep.Contracts.Events;
using Lockstep.Engine.Execution;

namespace Lockstep.Connectors;

/// <summary>
/// The bounded queue between publishers and the engine's thread. A publisher waits when <see cref="Limit"/> blocks wait, so
/// that a fast file never fills the memory. Blocks are lent and come back after the engine is done with them.
/// </summary>
public sealed class BlockFeed : IDisposable
{
    /// <summary>Blocks that may wait for the engine.</summary>
    public const int Limit = 64;

    private readonly ConcurrentQueue<Item> _queue = new();
    private readonly SemaphoreSlim _room = new(Limit, Limit);
    private readonly SemaphoreSlim _waiting = new(0);
    private readonly ConcurrentDictionary<WindowId, ConcurrentBag<EventBlock>> _spare = new();
    private readonly Lock _lock = new();
    private readonly Queue<(long Published, TaskCompletionSource Done)> _waits = new();
    private long _published;
    private long _returned;

    /// <summary>True when no block waits.</summary>
    public bool IsEmpty => _queue.IsEmpty;

    /// <summary>An empty block to fill and publish.</summary>
    /// <param name="window">The source window.</param>
    /// <param name="schema">Its schema.</param>
    public EventBlock Rent(WindowId window, Schema schema) =>
        _spare.TryGetValue(window, out var bag) && bag.TryTake(out var block) ? block : new EventBlock(schema, 64);

    /// <summary>Hands a block over; waits while the queue is full. An empty one is given back: nothing comes of it.</summary>
    /// <param name="window">The source window.</param>
    /// <param name="block">The block; not to be touched any more.</param>
    /// <param name="cancellation">Gives up waiting, with an <see cref="OperationCanceledException"/>.</param>
    public void Publish(WindowId window, EventBlock block, CancellationToken cancellation)
    {
        if (block.Count == 0)
        {
            GiveBack(new Item(window, block));
            return;
        }

        _room.Wait(cancellation);
        lock (_lock)
        {
            _published++;
        }

        _queue.Enqueue(new Item(window, block));
        _waiting.Release();
    }

    /// <summary>For the engine's thread: the next block, or false: none waits.</summary>
    /// <param name="item">The block and its window.</param>
    public bool TryTake(out Item item)
    {
        if (!_waiting.Wait(0))
        {
            item = default;
            return false;
        }

        // The semaphore counts what is in the queue, so there is one.
        _queue.TryDequeue(out item);
        _room.Release();
        return true;
    }

    /// <summary>For the engine's thread: true as soon as a block waits, false after the time-out or when cancelled.</summary>
    /// <param name="timeout">Longest time to wait.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public bool WaitForBlock(TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            if (!_waiting.Wait(timeout, cancellation))
            {
                return false;
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        _waiting.Release();
        return true;
    }

    /// <summary>For the engine's thread: gives a block back that it is done with.</summary>
    /// <param name="item">What was taken.</param>
    public void Return(Item item)
    {
        GiveBack(item);
        lock (_lock)
        {
            _returned++;
            while (_waits.TryPeek(out var wait) && wait.Published <= _returned)
            {
                _waits.Dequeue().Done.TrySetResult();
            }
        }
    }

    /// <summary>Ends once every block that was published until now has gone through the whole project.</summary>
    public Task DrainedAsync()
    {
        lock (_lock)
        {
            if (_returned == _published)
            {
                return Task.CompletedTask;
            }

            // Blocks come back in the order in which they were published: later ones are not waited for.
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Enqueue((_published, done));
            return done.Task;
        }
    }

    /// <summary>For a publisher: gives a block back that it rented and has no use for.</summary>
    /// <param name="item">The block and its window.</param>
    public void GiveBack(Item item)
    {
        item.Block.Clear();
        var bag = _spare.GetOrAdd(item.Window, _ => []);
        if (bag.Count < Limit)
        {
            bag.Add(item.Block);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _room.Dispose();
        _waiting.Dispose();
    }

    /// <summary>A block and the window it goes into.</summary>
    /// <param name="Window">The source window.</param>
    /// <param name="Block">The block.</param>
    public readonly record struct Item(WindowId Window, EventBlock Block);
}
