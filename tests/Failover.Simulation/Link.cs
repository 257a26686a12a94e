namespace Lockstep.Failover.Simulation;

/// <summary>
/// The network between a process and a cluster. Messages overtake each other, take long now and then, get lost, and arrive twice
/// (which stands for a client that repeats a request over a new connection while the old one's is still on its way, and for whatever
/// repeats them underway).
/// </summary>
internal sealed class Link(Schedule schedule, NetworkWeather weather)
{
    public NetworkWeather Weather { get; set; } = weather;

    /// <summary>Nothing gets out.</summary>
    public bool IsCutOut { get; set; }

    /// <summary>Nothing gets in.</summary>
    public bool IsCutIn { get; set; }

    public bool IsCut => IsCutOut || IsCutIn;

    public void Out(Action arrives) => Carry(() => IsCutOut, arrives);

    public void In(Action arrives) => Carry(() => IsCutIn, arrives);

    /// <summary>Carries a message a second time, much later: see the class.</summary>
    public void Stray(Action arrives)
    {
        if (schedule.Chance(Weather.Strays))
        {
            schedule.After(schedule.Between(Schedule.Millisecond, Weather.StrayMax), arrives);
        }
    }

    public long Delay() => schedule.Chance(Weather.Slow)
        ? schedule.Between(Schedule.Millisecond, Weather.SlowMax)
        : schedule.Between(100, 1_000);

    public bool IsLost() => schedule.Chance(Weather.Loss);

    private void Carry(Func<bool> isCut, Action arrives)
    {
        if (isCut() || IsLost())
        {
            return;
        }

        schedule.After(Delay(), () =>
        {
            if (!isCut())
            {
                arrives();
            }
        });
    }
}

/// <summary>How bad a network is.</summary>
/// <param name="Loss">Share of messages that get lost.</param>
/// <param name="Slow">Share of messages that take long.</param>
/// <param name="SlowMax">How long at most.</param>
/// <param name="Strays">Share of a producer's requests that arrive twice.</param>
/// <param name="StrayMax">How late the second one is at most.</param>
/// <param name="SeveralLeaders">True: each partition of a transaction gets its records by a request of its own, in whatever order.</param>
internal sealed record NetworkWeather(double Loss, double Slow, long SlowMax, double Strays, long StrayMax, bool SeveralLeaders)
{
    public static readonly NetworkWeather Fair = new(0, 0, Schedule.Millisecond, 0, Schedule.Millisecond, false);
}
