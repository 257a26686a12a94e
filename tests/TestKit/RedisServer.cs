using System.Globalization;

namespace Lockstep.TestKit;

/// <summary>A real Redis server in a child process on loopback, with a password, that keeps nothing over a restart.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    /// <summary>The password of the default user.</summary>
    public const string Password = "not-a-secret-of-tests";

    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("redis-");
    private readonly string[] _further;
    private ChildProcess? _process;

    private RedisServer(string[] further) => _further = further;

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; } = FreePorts.Next();

    /// <summary>Starts a server and waits until it listens.</summary>
    /// <param name="further">Further options of redis-server.</param>
    /// <exception cref="FileNotFoundException">Redis is not installed; the message says how to get it.</exception>
    public static async Task<RedisServer> StartAsync(params string[] further)
    {
        RedisServer server = new(further);
        try
        {
            await server.RestartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the server.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.KillAsync();
            await process.DisposeAsync();
        }
    }

    /// <summary>Kills the server if it runs, and starts it empty on its port.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        ChildProcess process = ChildProcess.Start(
            Programs.Find("redis-server", "REDIS_SERVER", "redis-server"),
            [
                "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _folder.FullName, "--save", "",
                "--appendonly", "no", "--requirepass", Password, .. _further,
            ]);
        _process = process;
        await Eventually.TrueAsync(() => Programs.ListensAsync(process, Port), StartDeadline, process.Describe);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Delete(recursive: true);
    }
}
