namespace Lockstep.TestKit.Proxies;

/// <summary>
/// Catches frames of one kind and holds them until released; what follows on the same connection waits behind them, as on a
/// network. What is caught still reaches its broker when the client has gone meanwhile.
/// </summary>
public sealed class FrameTrap : IDisposable
{
    private readonly TaskCompletionSource _caught = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _limit;
    private int _count;

    internal FrameTrap(KafkaApi api, FrameSide side, int limit) => (Api, Side, _limit) = (api, side, limit);

    /// <summary>What it catches.</summary>
    public KafkaApi Api { get; }

    /// <summary>Which half.</summary>
    public FrameSide Side { get; }

    /// <summary>How many it holds or held.</summary>
    public int Count => Math.Min(Volatile.Read(ref _count), _limit);

    /// <summary>Waits until it has caught one.</summary>
    /// <param name="deadline">How long; 30 s when not given.</param>
    /// <exception cref="TimeoutException">None came.</exception>
    public async Task CaughtAsync(TimeSpan? deadline = null)
    {
        var limit = deadline ?? Eventually.DefaultDeadline;
        try
        {
            await _caught.Task.WaitAsync(limit, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"No {Side} of {Api} came within {limit.TotalSeconds} s.");
        }
    }

    /// <summary>Lets what is held go on, and catches nothing more.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>Same as <see cref="Release"/>.</summary>
    public void Dispose() => Release();

    /// <summary>True: the frame is caught and waits for <see cref="WaitAsync"/>.</summary>
    internal bool TryCatch(KafkaApi api, FrameSide side)
    {
        if (api != Api || side != Side || _released.Task.IsCompleted || Interlocked.Increment(ref _count) > _limit)
        {
            return false;
        }

        _caught.TrySetResult();
        return true;
    }

    internal Task WaitAsync(CancellationToken cancellation) => _released.Task.WaitAsync(cancellation);
}
