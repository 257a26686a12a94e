using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Lockstep.TestKit;

/// <summary>How a real ZooKeeper server is started.</summary>
public sealed record ZooKeeperServerOptions
{
    /// <summary>Client port on loopback; a free one when 0.</summary>
    public int Port { get; init; }

    /// <summary>The server's unit of time in milliseconds: sessions last at least 2 and at most 20 of them.</summary>
    public int TickTimeMs { get; init; } = 500;

    /// <summary>Its number in an ensemble, whose servers <see cref="Settings"/> names; 0 for a server of its own.</summary>
    public int Number { get; init; }

    /// <summary>Further lines of the configuration file.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Further Java system properties, without <c>-D</c>: <c>zookeeper.x=y</c>.</summary>
    public IReadOnlyList<string> SystemProperties { get; init; } = [];
}

/// <summary>A real, standalone ZooKeeper server in a child process on loopback, with its data in a temporary folder.</summary>
public sealed class ZooKeeperServer : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AskDeadline = TimeSpan.FromSeconds(2);
    private readonly DirectoryInfo _folder;
    private readonly ZooKeeperServerOptions _options;
    private ChildProcess? _process;

    private ZooKeeperServer(ZooKeeperServerOptions options, DirectoryInfo folder, int port)
    {
        _options = options;
        _folder = folder;
        Port = port;
    }

    /// <summary>The client port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>What a client is told: <c>127.0.0.1:port</c>.</summary>
    public string ConnectString => $"127.0.0.1:{Port}";

    /// <summary>The folder with configuration and data; deleted at the end.</summary>
    public string Folder => _folder.FullName;

    /// <summary>The newest lines the server wrote.</summary>
    public IReadOnlyList<string> Output => _process?.Output ?? [];

    /// <summary>Starts a server and waits until it serves.</summary>
    /// <param name="options">Port, tick time and further settings.</param>
    /// <exception cref="DirectoryNotFoundException">No ZooKeeper is found; the message says how to get it.</exception>
    /// <exception cref="TimeoutException">It did not come up; the message has its output.</exception>
    public static async Task<ZooKeeperServer> StartAsync(ZooKeeperServerOptions? options = null)
    {
        options ??= new ZooKeeperServerOptions();
        string home = ServerHome.ZooKeeper;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("zookeeper-");
        ZooKeeperServer server = new(options, folder, options.Port == 0 ? FreePorts.Next() : options.Port);
        try
        {
            server.WriteConfiguration();
            await server.LaunchAsync(home);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the server at once (SIGKILL); its data stay.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            await process.KillAsync();
            await process.DisposeAsync();
            _process = null;
        }
    }

    /// <summary>Starts the server again on its port and data, killing it first if it runs; waits until it serves.</summary>
    /// <param name="empty">True to delete its data first: every znode and session is gone then.</param>
    public async Task RestartAsync(bool empty = false)
    {
        await KillAsync();
        if (empty)
        {
            Directory.Delete(DataFolder(), recursive: true);
        }

        await LaunchAsync(ServerHome.ZooKeeper);
    }

    /// <summary>Stops the server where it stands (SIGSTOP): connections stay open and nothing is answered.</summary>
    public void Pause() => _process?.Pause();

    /// <summary>Lets a paused server go on (SIGCONT).</summary>
    public void Continue() => _process?.Continue();

    /// <summary>Sends a four-letter word and gives the server's whole answer.</summary>
    /// <param name="word">For example <c>ruok</c> or <c>srvr</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<string> AskAsync(string word, CancellationToken cancellationToken = default)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(word), cancellationToken);
        using StreamReader reader = new(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    /// <summary><c>standalone</c>, <c>leader</c> or <c>follower</c>; empty when it does not serve.</summary>
    public async Task<string> ModeAsync()
    {
        const string mark = "Mode: ";
        try
        {
            using CancellationTokenSource limit = new(AskDeadline);
            string answer = await AskAsync("srvr", limit.Token);
            return answer.Split('\n').FirstOrDefault(l => l.StartsWith(mark, StringComparison.Ordinal))?[mark.Length..].Trim() ?? "";
        }
        catch (Exception away) when (away is SocketException or IOException or OperationCanceledException)
        {
            return ""; // It does not listen, or accepts without an answer.
        }
    }

    /// <summary>Ends the server and deletes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Delete(recursive: true);
    }

    private string DataFolder() => Path.Combine(Folder, "data");

    private string ConfigurationFile() => Path.Combine(Folder, "zoo.cfg");

    private void WriteConfiguration()
    {
        List<string> lines =
        [
            $"dataDir={DataFolder()}",
            $"clientPort={Port}",
            "clientPortAddress=127.0.0.1",
            "maxClientCnxns=0",
            $"tickTime={_options.TickTimeMs}",
            "initLimit=10",
            "syncLimit=5",
        ];
        lines.AddRange(_options.Settings.Select(s => $"{s.Key}={s.Value}"));
        File.WriteAllLines(ConfigurationFile(), lines);
    }

    private async Task LaunchAsync(string home)
    {
        Directory.CreateDirectory(DataFolder());
        if (_options.Number > 0)
        {
            await File.WriteAllTextAsync(Path.Combine(DataFolder(), "myid"), $"{_options.Number}\n");
        }

        List<string> arguments =
        [
            "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-Dzookeeper.admin.enableServer=false",
            "-Dzookeeper.extendedTypesEnabled=true", // Nodes with a time to live.
            "-Dzookeeper.forceSync=no", // A test that kills the process does not lose the disk's cache.
            "-Dzookeeper.4lw.commands.whitelist=*",
        ];
        arguments.AddRange(_options.SystemProperties.Select(p => "-D" + p));
        arguments.AddRange(["-cp", Path.Combine(home, "lib", "*")]);
        arguments.AddRange(["org.apache.zookeeper.server.quorum.QuorumPeerMain", ConfigurationFile()]);
        _process = ChildProcess.Start("java", arguments, workingDirectory: Folder);
        await Eventually.TrueAsync(ServesAsync, StartDeadline, () => _process.Describe());
    }

    private async Task<bool> ServesAsync()
    {
        if (_process is null || _process.HasExited)
        {
            throw new InvalidOperationException($"ZooKeeper ended while starting: {_process?.Describe()}");
        }

        return (await ModeAsync()).Length > 0;
    }
}
