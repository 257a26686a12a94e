using System.Collections.Immutable;
using System.Globalization;
using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors;

/// <summary>
/// How texts of a model become those of this machine: hosts, path prefixes, and the servers that win over every host named
/// in models and in kafka.cfg files. Immutable.
/// </summary>
/// <param name="Hosts">Pairs of host or host:port; the first that fits counts, and a pair with a port wins over one without.</param>
/// <param name="Paths">Pairs of path prefixes; the longest that fits counts. A prefix fits at a folder's end only.</param>
/// <param name="Kafka">Brokers instead of all hosts named; null to keep them.</param>
/// <param name="ZooKeeper">Servers instead of all hosts named; null to keep them.</param>
public sealed record Substitutions(
    ImmutableArray<KeyValuePair<string, string>> Hosts,
    ImmutableArray<KeyValuePair<string, string>> Paths,
    string? Kafka,
    string? ZooKeeper)
{
    /// <summary>Everything stays as the model has it.</summary>
    public static readonly Substitutions None = new([], [], null, null);

    /// <summary>Broker list to use for one that a model or cfg file names.</summary>
    /// <param name="named">host:port, several separated by commas.</param>
    public string KafkaServers(string named) => Kafka ?? MapList(named);

    /// <summary>ZooKeeper servers to use for those that a model or cfg file names; a chroot (<c>/path</c> at the end) stays.</summary>
    /// <param name="named">host:port, several separated by commas.</param>
    public string ZooKeeperServers(string named)
    {
        var slash = named.IndexOf('/', StringComparison.Ordinal);
        var hosts = slash < 0 ? named : named[..slash];
        return ZooKeeper ?? MapList(hosts) + (slash < 0 ? "" : named[slash..]);
    }

    /// <summary>A host and port of this machine for those that a model names.</summary>
    /// <param name="named">host:port.</param>
    public string HostOf(string named) => MapHost(named);

    /// <summary>The same for a host and a port that a model names apart.</summary>
    public (string Host, int Port) HostOf(string host, int port)
    {
        var address = HostOf(string.Create(CultureInfo.InvariantCulture, $"{host}:{port}"));
        var colon = address.LastIndexOf(':');
        return (address[..colon],
            int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var mapped) ? mapped : port);
    }

    /// <summary>A path of this machine for one that a model names.</summary>
    /// <param name="named">The path.</param>
    public string PathOf(string named) => new PathMap(Paths).Of(named);

    private string MapList(string named) => string.Join(',', named
        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(MapHost));

    private string MapHost(string hostPort)
    {
        foreach (var (from, to) in Hosts)
        {
            if (string.Equals(from, hostPort, StringComparison.OrdinalIgnoreCase))
            {
                return to;
            }
        }

        var colon = hostPort.LastIndexOf(':');
        var host = colon < 0 ? hostPort : hostPort[..colon];
        foreach (var (from, to) in Hosts)
        {
            if (string.Equals(from, host, StringComparison.OrdinalIgnoreCase))
            {
                // A replacement with a port replaces both; one without keeps the model's port.
                return to.Contains(':', StringComparison.Ordinal) || colon < 0 ? to : to + hostPort[colon..];
            }
        }

        return hostPort;
    }
}
