namespace Lockstep.Failover.Simulation;

/// <summary>
/// Virtual time in microseconds, and everything that is going to happen, in one thread. All chance comes from the seed: how long
/// each message takes decides which event is next, so one seed is one schedule.
/// </summary>
internal sealed class Schedule(int seed, Trace trace)
{
    public const long Millisecond = 1_000;
    public const long Second = 1_000_000;

    private readonly PriorityQueue<Action, (long At, long Number)> _events = new();
    private long _number;
    private Exception? _failure;

    public long Now { get; private set; }

    public Random Random { get; } = new(seed);

    public Trace Trace { get; } = trace;

    /// <summary>How many events have happened.</summary>
    public long Steps { get; private set; }

    public void After(long microseconds, Action happens) => _events.Enqueue(happens, (Now + Math.Max(0, microseconds), ++_number));

    public long Between(long from, long to) => Random.NextInt64(from, to + 1);

    public bool Chance(double probability) => Random.NextDouble() < probability;

    /// <summary>A task for which nobody waits: its failure ends the run.</summary>
    public void Observe(Task task) => _ = task.ContinueWith(
        ended => _failure ??= ended.Exception!.InnerException,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    /// <summary>Lets the next event happen; false: there is none before that time.</summary>
    public bool Step(long until)
    {
        if (!_events.TryPeek(out _, out var next) || next.At > until)
        {
            Now = Math.Max(Now, until);
            return false;
        }

        var happens = _events.Dequeue();
        Now = next.At;
        Steps++;
        happens();
        if (_failure is { } failure)
        {
            throw new SimulationFailure("defect", failure.Message, failure);
        }

        return true;
    }
}
