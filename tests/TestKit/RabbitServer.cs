namespace Lockstep.TestKit;

/// <summary>A real RabbitMQ in child processes on loopback, with ports, names and folders of its own; its user is guest.</summary>
public sealed class RabbitServer : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(120);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rabbitmq-");
    private ChildProcess? _names;
    private ChildProcess? _process;

    private RabbitServer()
    {
    }

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; } = FreePorts.Next();

    /// <summary>Starts a server and waits until it listens: about ten seconds of work.</summary>
    /// <exception cref="FileNotFoundException">RabbitMQ is not installed; the message says how to get it.</exception>
    public static async Task<RabbitServer> StartAsync()
    {
        RabbitServer server = new();
        try
        {
            await server.LaunchAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            await process.DisposeAsync();
        }

        if (_names is { } names)
        {
            await names.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private async Task LaunchAsync()
    {
        string At(string name) => Path.Combine(_folder.FullName, name);
        int namesPort = FreePorts.Next();
        await File.WriteAllTextAsync(At("plugins"), "[].");
        Dictionary<string, string?> environment = new()
        {
            ["HOME"] = _folder.FullName,
            ["ERL_EPMD_PORT"] = $"{namesPort}",
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODENAME"] = "test@localhost",
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = $"{Port}",
            ["RABBITMQ_DIST_PORT"] = $"{FreePorts.Next()}",
            ["RABBITMQ_MNESIA_BASE"] = At("db"),
            ["RABBITMQ_LOG_BASE"] = At("log"),
            ["RABBITMQ_LOGS"] = "-",
            ["RABBITMQ_PID_FILE"] = At("pid"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = At("plugins"),
            ["RABBITMQ_CONFIG_FILE"] = At("rabbitmq"),
            ["RABBITMQ_CONF_ENV_FILE"] = At("no-environment"),

            // The server of Erlang's names would outlive the test if Erlang started it.
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}",
        };
        _names = ChildProcess.Start(Programs.Find("epmd", "EPMD", "erlang-base"), ["-port", $"{namesPort}"], environment);
        ChildProcess names = _names;
        await Eventually.TrueAsync(() => Programs.ListensAsync(names, namesPort), StartDeadline, names.Describe);

        // The program in /usr/sbin changes the user; the one in its own folder does not.
        string own = "/usr/lib/rabbitmq/bin/rabbitmq-server";
        string program = File.Exists(own) && Environment.GetEnvironmentVariable("RABBITMQ_SERVER") is null
            ? own : Programs.Find("rabbitmq-server", "RABBITMQ_SERVER", "rabbitmq-server");
        ChildProcess process = ChildProcess.Start(program, [], environment, _folder.FullName);
        _process = process;
        await Eventually.TrueAsync(() => Programs.ListensAsync(process, Port), StartDeadline, process.Describe);
    }
}
