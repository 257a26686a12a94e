namespace Lockstep.Failover.Simulation;

/// <summary>
/// Something with a life of its own: it can be killed, so that nothing reaches it any more, and paused, so that everything
/// reaches it later. What it has sent stays on its way.
/// </summary>
internal class Process(Schedule schedule)
{
    private readonly Queue<Action> _held = new();

    public Schedule Schedule { get; } = schedule;

    public bool IsAlive { get; private set; } = true;

    public bool IsPaused { get; private set; }

    public void Run(Action action)
    {
        if (!IsAlive)
        {
            return;
        }

        if (IsPaused || _held.Count > 0)
        {
            _held.Enqueue(action);
            return;
        }

        action();
    }

    public void Post(long microseconds, Action action) => Schedule.After(microseconds, () => Run(action));

    public Task WaitAsync(long microseconds)
    {
        var wait = new TaskCompletionSource();
        Post(microseconds, () => wait.TrySetResult());
        return wait.Task;
    }

    /// <summary>Asks once: null when no answer came in time, though what was asked for may happen all the same.</summary>
    public Task<T?> AskAsync<T>(Link link, Func<T> serve, long timeout)
        where T : class
    {
        var answer = new TaskCompletionSource<T?>();
        link.Out(() =>
        {
            if (serve() is { } said)
            {
                link.In(() => Run(() => answer.TrySetResult(said)));
            }
        });
        Post(timeout, () => answer.TrySetResult(null));
        return answer.Task;
    }

    public void Kill() => IsAlive = false;

    public void Pause() => IsPaused = true;

    public void Resume()
    {
        IsPaused = false;
        while (!IsPaused && IsAlive && _held.TryDequeue(out var next))
        {
            next();
        }
    }
}
