namespace Lockstep.Failover.Simulation.Members;

/// <summary>The machine of a member: its name, network, disk and clock outlive its processes.</summary>
internal sealed class MemberHost(World world, int index)
{
    public World World { get; } = world;

    public string Name { get; } = $"m{index}";

    public Link Kafka { get; } = new(world.Schedule, world.Weather);

    public Link ZooKeeper { get; } = new(world.Schedule, world.Weather);

    public SimulatedDisk Disk { get; } = new();

    /// <summary>How wrong its clock is, in microseconds.</summary>
    public long ClockSkew { get; set; }

    /// <summary>The process there; null: none.</summary>
    public SimulatedMember? Process { get; set; }
}
