using System.Diagnostics;
using System.Globalization;
using Lockstep.Kafka;
using Lockstep.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Throughput.Benchmarks;

/// <summary>The servers of all runs of one command, and what the runs share.</summary>
internal sealed class RunContext : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("throughput-");
    private int _prefixes;

    private RunContext(KafkaCluster cluster, ThroughputOptions options)
    {
        Cluster = cluster;
        Options = options;
        Admin = new TopicAdmin(cluster.Bus, NullLogger.Instance);
        Folder = options.KeepFolder ?? _folder.FullName;
    }

    public KafkaCluster Cluster { get; }

    public ThroughputOptions Options { get; }

    public TopicAdmin Admin { get; }

    public string Folder { get; }

    /// <summary>Environment of member processes: what is set for this process with the prefix MEMBER_.</summary>
    public IReadOnlyDictionary<string, string?> MemberEnvironment { get; } = Environment.GetEnvironmentVariables()
        .Cast<System.Collections.DictionaryEntry>()
        .Where(variable => ((string)variable.Key).StartsWith("MEMBER_", StringComparison.Ordinal))
        .ToDictionary(variable => ((string)variable.Key)["MEMBER_".Length..], variable => (string?)variable.Value);

    public static async Task<RunContext> StartAsync(ThroughputOptions options) => new(
        await KafkaCluster.StartAsync(new KafkaClusterOptions
        {
            Mode = KafkaMode.Kraft,
            Brokers = options.Brokers,
            WithZooKeeper = true,
            Settings = new Dictionary<string, string> { ["log.segment.bytes"] = "268435456" },
        }),
        options);

    public string NewPrefix() => string.Create(CultureInfo.InvariantCulture, $"t{++_prefixes}");

    public string FolderOf(string prefix) => Directory.CreateDirectory(Path.Combine(Folder, prefix)).FullName;

    /// <summary>Processor time of all brokers since their start.</summary>
    public TimeSpan BrokersCpu()
    {
        var sum = TimeSpan.Zero;
        for (var broker = 0; broker < Options.Brokers; broker++)
        {
            // The start script replaces itself by java, so the child is the broker.
            using var process = Process.GetProcessById(Cluster.Process(broker).Id);
            sum += process.TotalProcessorTime;
        }

        return sum;
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Cluster.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
