namespace Lockstep.Failover.Simulation.Members;

/// <summary>The machine of a member: its name, network, disk and clock outlive its processes.</summary>
internal sealed class MemberHost(World world, int index)
{
    /// <summary>Model digest of the version that most members run.</summary>
    public const string FirstVersion = "m";

    /// <summary>Model digest of the version that a group is handed over to, and back.</summary>
    public const string NextVersion = "n";

    public World World { get; } = world;

    public string Name { get; } = $"m{index}";

    /// <summary>Digest of the version that is installed there. It may follow the other one as its shadow.</summary>
    public string ModelDigest { get; init; } = FirstVersion;

    public Link Kafka { get; } = new(world.Schedule, world.Weather);

    public Link ZooKeeper { get; } = new(world.Schedule, world.Weather);

    public SimulatedDisk Disk { get; } = new();

    /// <summary>How wrong its clock is, in microseconds.</summary>
    public long ClockSkew { get; set; }

    /// <summary>The process there; null: none.</summary>
    public SimulatedMember? Process { get; set; }
}
