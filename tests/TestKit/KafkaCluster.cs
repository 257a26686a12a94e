using System.Globalization;
using Lockstep.Kafka;
using Lockstep.TestKit.Proxies;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.TestKit;

/// <summary>Which Kafka is started.</summary>
public enum KafkaMode
{
    /// <summary>Kafka 3.9, its brokers registered in a ZooKeeper: the architecture of the original.</summary>
    ZooKeeper,

    /// <summary>Kafka 4, each broker also a controller; a ZooKeeper beside it only when asked for.</summary>
    Kraft,
}

/// <summary>How a real Kafka cluster is started.</summary>
public sealed record KafkaClusterOptions
{
    /// <summary>Which Kafka.</summary>
    public KafkaMode Mode { get; init; } = KafkaMode.Kraft;

    /// <summary>1 or 3 brokers. With 3, topics have three replicas, two of them in sync.</summary>
    public int Brokers { get; init; } = 1;

    /// <summary>True: a <see cref="KafkaMode.Kraft"/> cluster gets a ZooKeeper too, for failover alone.</summary>
    public bool WithZooKeeper { get; init; }

    /// <summary>ZooKeeper's unit of time in milliseconds.</summary>
    public int TickTimeMs { get; init; } = 500;

    /// <summary>
    /// True: each broker of a <see cref="KafkaMode.Kraft"/> cluster has a second listener with TLS and SASL (PLAIN and both
    /// SCRAM), see <see cref="KafkaCluster.SecureBus"/>.
    /// </summary>
    public bool Secure { get; init; }

    /// <summary>
    /// How many networks with faults lead to the brokers besides the direct one: see <see cref="KafkaCluster.Networks"/>.
    /// </summary>
    public int Networks { get; init; }

    /// <summary>Further broker properties by name; they win over the ones set here.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}

/// <summary>
/// Real Kafka brokers as child processes on loopback, with their data in a temporary folder. Each can be killed, paused and
/// started again on its port and data. Brokers are numbered from 0.
/// </summary>
public sealed class KafkaCluster : IAsyncDisposable
{
    private const string ClusterId = "MkU3OEVBNTcwNTJENDM2Qg";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(90);
    private readonly KafkaClusterOptions _options;
    private readonly DirectoryInfo _folder;
    private readonly string _home;
    private readonly ChildProcess?[] _brokers;
    private readonly IReadOnlyList<int> _controllerPorts;
    private readonly IReadOnlyList<int> _securePorts;
    private readonly BrokerNetworks _networks;

    private KafkaCluster(KafkaClusterOptions options, DirectoryInfo folder, string home, ZooKeeperServer? zooKeeper)
    {
        _options = options;
        _folder = folder;
        _home = home;
        ZooKeeper = zooKeeper;
        _brokers = new ChildProcess?[options.Brokers];
        Ports = FreePorts.Next(options.Brokers);
        _controllerPorts = FreePorts.Next(options.Brokers);
        _securePorts = options.Secure ? FreePorts.Next(options.Brokers) : [];
        _networks = new BrokerNetworks(options.Networks, options.Brokers);
        BootstrapServers = string.Join(',', Ports.Select(p => $"127.0.0.1:{p}"));
    }

    /// <summary>The port of each broker on 127.0.0.1, by its number.</summary>
    public IReadOnlyList<int> Ports { get; }

    /// <summary><c>127.0.0.1:port</c> of each broker, separated by commas.</summary>
    public string BootstrapServers { get; }

    /// <summary>Client options for this cluster.</summary>
    public KafkaBusOptions Bus => new() { BootstrapServers = BootstrapServers };

    /// <summary>Client options for the listener with TLS and SASL of a cluster that was started as secure.</summary>
    /// <param name="mechanism">How to log in.</param>
    public KafkaBusOptions SecureBus(SaslMechanism mechanism) => new()
    {
        BootstrapServers = string.Join(',', _securePorts.Select(p => $"127.0.0.1:{p}")),
        Security = new KafkaSecurity
        {
            Tls = true,
            CaFile = Path.Combine(Folder, BrokerSecurity.AuthorityFile),
            Mechanism = mechanism,
            User = BrokerSecurity.User,
            Password = BrokerSecurity.Password,
        },
    };

    /// <summary>
    /// Ways to the brokers through a proxy, each with a listener of its own at every broker. A client that is given a proxy's
    /// <see cref="FaultProxy.Addresses"/> reaches all brokers through it, since that is what they advertise there.
    /// </summary>
    public IReadOnlyList<FaultProxy> Networks => _networks.Proxies;

    /// <summary>The ZooKeeper beside the brokers, if any.</summary>
    public ZooKeeperServer? ZooKeeper { get; }

    /// <summary>The folder with properties and data; deleted at the end.</summary>
    public string Folder => _folder.FullName;

    /// <summary>Starts a cluster and waits until every broker is known to the others.</summary>
    /// <param name="options">Mode, number of brokers and further settings.</param>
    /// <exception cref="DirectoryNotFoundException">No Kafka is found; the message says how to get it.</exception>
    /// <exception cref="TimeoutException">It did not come up; the message has its output.</exception>
    public static async Task<KafkaCluster> StartAsync(KafkaClusterOptions? options = null)
    {
        options ??= new KafkaClusterOptions();
        var home = ServerHome.KafkaOf(options.Mode == KafkaMode.ZooKeeper ? "3." : "4.");
        var zooKeeper = options.Mode == KafkaMode.ZooKeeper || options.WithZooKeeper
            ? await ZooKeeperServer.StartAsync(new ZooKeeperServerOptions { TickTimeMs = options.TickTimeMs })
            : null;
        var cluster = new KafkaCluster(options, Directory.CreateTempSubdirectory("kafka-"), home, zooKeeper);
        try
        {
            if (options.Secure)
            {
                BrokerSecurity.WriteCertificates(cluster.Folder);
            }

            await Task.WhenAll(Enumerable.Range(0, options.Brokers).Select(cluster.PrepareAndLaunchAsync));
            await cluster.WaitUntilUpAsync(options.Brokers);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The process of a broker, for its output and id.</summary>
    /// <param name="broker">Its number.</param>
    /// <exception cref="InvalidOperationException">It does not run.</exception>
    public ChildProcess Process(int broker) =>
        _brokers[broker] ?? throw new InvalidOperationException($"Broker {broker} does not run.");

    /// <summary>Kills a broker at once (SIGKILL); its data stay.</summary>
    /// <param name="broker">Its number.</param>
    public async Task KillAsync(int broker)
    {
        if (_brokers[broker] is { } process)
        {
            await process.KillAsync();
            await process.DisposeAsync();
            _brokers[broker] = null;
        }
    }

    /// <summary>Stops a broker where it stands (SIGSTOP): its connections stay open and answer nothing.</summary>
    /// <param name="broker">Its number.</param>
    public void Pause(int broker) => Process(broker).Pause();

    /// <summary>Lets a paused broker go on (SIGCONT).</summary>
    /// <param name="broker">Its number.</param>
    public void Continue(int broker) => Process(broker).Continue();

    /// <summary>Starts a broker again on its port and data, killing it first if it runs; waits until all that run are known.</summary>
    /// <param name="broker">Its number.</param>
    public async Task RestartAsync(int broker)
    {
        await KillAsync(broker);
        await UnregisteredAsync(broker);
        Launch(broker);
        await WaitUntilUpAsync(_brokers.Count(b => b is not null));
    }

    /// <summary>Kills all brokers and starts them again on their ports and data; waits until all are known.</summary>
    public async Task RestartAllAsync()
    {
        for (var broker = 0; broker < _brokers.Length; broker++)
        {
            await KillAsync(broker);
        }

        for (var broker = 0; broker < _brokers.Length; broker++)
        {
            await UnregisteredAsync(broker);
            Launch(broker);
        }

        await WaitUntilUpAsync(_brokers.Length);
    }

    /// <summary>Ends all processes and deletes their data.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var broker = 0; broker < _brokers.Length; broker++)
        {
            await KillAsync(broker);
        }

        await _networks.DisposeAsync();
        if (ZooKeeper is not null)
        {
            await ZooKeeper.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private async Task PrepareAndLaunchAsync(int broker)
    {
        await File.WriteAllLinesAsync(PropertiesFile(broker), Properties(broker));
        if (_options.Mode == KafkaMode.Kraft)
        {
            await using var format = ChildProcess.Start(
                Script("kafka-storage.sh"),
                [
                    "format", "--ignore-formatted", "-t", ClusterId, "-c", PropertiesFile(broker),
                    .. _options.Secure ? BrokerSecurity.ScramArguments : [],
                ],
                Environment(),
                Folder);
            if (await format.WaitForExitAsync(StartDeadline) != 0)
            {
                throw new InvalidOperationException($"The storage of broker {broker} can't be formatted: {format.Describe()}");
            }
        }

        Launch(broker);
    }

    private void Launch(int broker) =>
        _brokers[broker] = ChildProcess.Start(Script("kafka-server-start.sh"), [PropertiesFile(broker)], Environment(), Folder);

    private async Task WaitUntilUpAsync(int brokers)
    {
        using var admin = new TopicAdmin(Bus with { RequestTimeout = TimeSpan.FromSeconds(5) }, NullLogger.Instance);
        await Eventually.TrueAsync(
            async () =>
            {
                if (Array.Find(_brokers, b => b is { HasExited: true }) is { } ended)
                {
                    throw new InvalidOperationException($"A broker ended while starting: {ended.Describe()}");
                }

                try
                {
                    return (await admin.DescribeClusterAsync(CancellationToken.None)).Brokers.Count >= brokers;
                }
                catch (KafkaFaultException)
                {
                    return false; // Not up yet.
                }
            },
            StartDeadline,
            () => string.Join(System.Environment.NewLine, _brokers.Select(b => b?.Describe())));
    }

    /// <summary>
    /// In ZooKeeper mode a broker that died stays registered until its session expires, and its successor would not start.
    /// </summary>
    private async Task UnregisteredAsync(int broker)
    {
        if (_options.Mode == KafkaMode.ZooKeeper && ZooKeeper is { } zooKeeper)
        {
            await Eventually.TrueAsync(async () =>
            {
                var lines = (await zooKeeper.AskAsync("dump")).Split('\n', StringSplitOptions.TrimEntries);
                return !lines.Contains($"/kafka/brokers/ids/{broker}");
            });
        }
    }

    private List<string> Properties(int broker)
    {
        var replicas = Math.Min(_options.Brokers, 3);
        var inSync = replicas > 1 ? replicas - 1 : 1;
        var properties = new Dictionary<string, string>
        {
            ["log.dirs"] = Path.Combine(Folder, Number($"data-{broker}")),
            ["num.partitions"] = "1",
            ["auto.create.topics.enable"] = "false",
            ["default.replication.factor"] = Number($"{replicas}"),
            ["min.insync.replicas"] = Number($"{inSync}"),
            ["offsets.topic.replication.factor"] = Number($"{replicas}"),
            ["offsets.topic.num.partitions"] = "5",
            ["transaction.state.log.replication.factor"] = Number($"{replicas}"),
            ["transaction.state.log.min.isr"] = Number($"{inSync}"),
            ["transaction.state.log.num.partitions"] = "5",
            ["log.retention.check.interval.ms"] = "30000",
            ["group.initial.rebalance.delay.ms"] = "0",
            ["delete.topic.enable"] = "true",
        };
        if (_options.Mode == KafkaMode.ZooKeeper)
        {
            properties["broker.id"] = Number($"{broker}");
            properties["listeners"] = Number($"PLAINTEXT://127.0.0.1:{Ports[broker]}");
            properties["zookeeper.connect"] = ZooKeeper!.ConnectString + "/kafka";
            properties["zookeeper.session.timeout.ms"] = "6000";
        }
        else
        {
            var voters = _controllerPorts.Select((port, i) => Number($"{i}@127.0.0.1:{port}"));
            properties["node.id"] = Number($"{broker}");
            properties["process.roles"] = "broker,controller";
            properties["listeners"] =
                Number($"PLAINTEXT://127.0.0.1:{Ports[broker]},CONTROLLER://127.0.0.1:{_controllerPorts[broker]}");
            properties["controller.listener.names"] = "CONTROLLER";
            properties["controller.quorum.voters"] = string.Join(',', voters);
            properties["listener.security.protocol.map"] = "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT";
        }

        if (_options.Secure)
        {
            BrokerSecurity.AddTo(properties, Folder, _securePorts[broker]);
        }

        _networks.AddTo(properties, broker);
        foreach (var (name, value) in _options.Settings)
        {
            properties[name] = value;
        }

        return [.. properties.Select(p => $"{p.Key}={p.Value}")];
    }

    private Dictionary<string, string?> Environment() => new()
    {
        ["LOG_DIR"] = Folder,
        ["KAFKA_HEAP_OPTS"] = "-Xmx384m -Xms128m",
        ["KAFKA_JVM_PERFORMANCE_OPTS"] = "-XX:+UseSerialGC",
        ["KAFKA_OPTS"] = "",
    };

    private string Script(string name) => Path.Combine(_home, "bin", name);

    private string PropertiesFile(int broker) => Path.Combine(Folder, Number($"broker-{broker}.properties"));

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
