namespace Lockstep.Failover.Simulation.Members;

/// <summary>
/// Starts members, is told their sessions over a pipe, and when one dies, or is silent for too long (then it is killed first),
/// closes its session, so that its znode goes at once. Being wrong costs a switchover.
/// </summary>
internal sealed class Supervisor(World world)
{
    private const long SilenceLimit = 300 * Schedule.Millisecond;
    private readonly Dictionary<SimulatedMember, long> _sessions = [];

    /// <summary>False: it is dead; members go on, and nobody starts them again.</summary>
    public bool IsUp { get; set; } = true;

    /// <summary>True: it closes the sessions of dead members.</summary>
    public bool ClosesSessions { get; init; } = true;

    public void Told(SimulatedMember member, long session) => _sessions[member] = session;

    /// <summary>A member's process was found dead.</summary>
    public void Died(SimulatedMember member)
    {
        var host = member.Host;
        var wait = world.Schedule.Between(Schedule.Millisecond, 5 * Schedule.Millisecond);
        world.Schedule.After(wait, () =>
        {
            if (IsUp && ClosesSessions && _sessions.Remove(member, out var session) && world.Ensemble.IsUp && !host.ZooKeeper.IsCut)
            {
                world.Ensemble.End(session, $"of {host.Name} closed by its supervisor");
            }
        });
        StartLater(host);
    }

    /// <summary>A member stands still: after the limit it is killed.</summary>
    public void Paused(SimulatedMember member) => world.Schedule.After(SilenceLimit, () =>
    {
        if (IsUp && ClosesSessions && member is { IsAlive: true, IsPaused: true })
        {
            world.Kill(member, "silent for too long");
        }
    });

    public void StartLater(MemberHost host) => world.Schedule.After(
        world.Schedule.Between(10 * Schedule.Millisecond, 200 * Schedule.Millisecond), () => Start(host));

    public void Start(MemberHost host)
    {
        if (IsUp && host.Process is null)
        {
            host.Process = new SimulatedMember(world, host);
        }
    }
}
