namespace Lockstep.Connectors.Tests;

/// <summary>Hosts, paths and servers of a model become those of this machine.</summary>
public sealed class SubstitutionsTests
{
    [Theory]
    [InlineData("vm:9092", "127.0.0.1:9092")]
    [InlineData("VM:9092,other:1", "127.0.0.1:9092,other:1")]
    [InlineData("full:9092", "10.0.0.1:7")]
    [InlineData("full:9093", "10.0.0.2:9093")]
    public void Hosts_are_replaced_and_a_pair_with_port_wins(string named, string expected)
    {
        var map = new Substitutions(
            [new("vm", "127.0.0.1"), new("full:9092", "10.0.0.1:7"), new("full", "10.0.0.2")], [], null, null);
        Assert.Equal(expected, map.KafkaServers(named));
    }

    [Fact]
    public void Given_servers_win_over_every_named_host()
    {
        var map = new Substitutions([new("vm", "a")], [], "k:1", "z:2/root");
        Assert.Equal("k:1", map.KafkaServers("vm:9092"));
        Assert.Equal("z:2/root", map.ZooKeeperServers("vm:2181/other"));
    }

    [Fact]
    public void The_chroot_of_a_named_ensemble_stays() =>
        Assert.Equal("a:2181/app", new Substitutions([new("vm", "a")], [], null, null).ZooKeeperServers("vm:2181/app"));

    [Theory]
    [InlineData("/mnt/share/esp/in.csv", "/data/in.csv")]
    [InlineData("/mnt/share/other.csv", "/x/other.csv")]
    [InlineData("/mnt/shared/in.csv", "/mnt/shared/in.csv")]
    [InlineData("/mnt/share/esp", "/data")]
    public void The_longest_path_prefix_at_a_folders_end_is_replaced(string named, string expected)
    {
        var map = new Substitutions([], [new("/mnt/share", "/x"), new("/mnt/share/esp", "/data")], null, null);
        Assert.Equal(expected, map.PathOf(named));
    }
}
