using System.Globalization;
using System.Net.Sockets;

namespace Lockstep.TestKit;

/// <summary>A real PostgreSQL server in a child process on loopback, with its data in a temporary folder that is deleted at the end.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private readonly string _home;
    private readonly DirectoryInfo _folder;
    private ChildProcess? _process;

    private PostgresServer(string home, DirectoryInfo folder)
    {
        _home = home;
        _folder = folder;
        Port = FreePorts.Next();
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>A connect string of ODBC for its database and superuser.</summary>
    public string ConnectString => string.Create(CultureInfo.InvariantCulture,
        $"Driver={{PostgreSQL Unicode}};Server=127.0.0.1;Port={Port};Database=postgres;UID=postgres;PWD=none;");

    /// <summary>Makes a data folder and starts a server on it.</summary>
    /// <exception cref="DirectoryNotFoundException">No PostgreSQL is found; the message says how to get it.</exception>
    public static async Task<PostgresServer> StartAsync()
    {
        var home = (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
            .Select(version => Path.Combine(version, "bin"))
            .LastOrDefault(bin => File.Exists(Path.Combine(bin, "postgres")))
            ?? throw new DirectoryNotFoundException(
                "These tests need PostgreSQL under /usr/lib/postgresql; run scripts/install-prerequisites.sh, or apt-get install postgresql.");
        var server = new PostgresServer(home, Directory.CreateTempSubdirectory("postgres-"));
        try
        {
            await RunAsync("chown", "-R", "postgres:postgres", server._folder.FullName);
            await RunAsync([.. server.Command("initdb"), "-D", server.DataFolder, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"]);
            await server.LaunchAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the server at once, as a crash would, and starts it again on its data.</summary>
    public async Task CrashAndRestartAsync()
    {
        await _process!.KillAsync();

        // The new server waits for no child of the old one: it refuses to start while one has the shared memory.
        await Eventually.TrueAsync(TryLaunchAsync, StartDeadline, () => _process?.Describe());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private string DataFolder => Path.Combine(_folder.FullName, "data");

    /// <summary>PostgreSQL refuses to run as root; its own user comes with the package.</summary>
    private List<string> Command(string program) => Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", Path.Combine(_home, program)]
        : [Path.Combine(_home, program)];

    private static async Task RunAsync(params string[] command)
    {
        if (command[0] == "chown" && !Environment.IsPrivilegedProcess)
        {
            return;
        }

        await using var process = ChildProcess.Start(command[0], command[1..], workingDirectory: "/tmp");
        if (await process.WaitForExitAsync(StartDeadline) != 0)
        {
            throw new InvalidOperationException(process.Describe());
        }
    }

    private async Task LaunchAsync() =>
        await Eventually.TrueAsync(TryLaunchAsync, StartDeadline, () => _process?.Describe());

    private async Task<bool> TryLaunchAsync()
    {
        if (_process is null || _process.HasExited)
        {
            if (_process is not null)
            {
                await _process.DisposeAsync();
            }

            List<string> command =
            [
                .. Command("postgres"), "-D", DataFolder, "-h", "127.0.0.1", "-k", _folder.FullName,
                "-p", Port.ToString(CultureInfo.InvariantCulture), "-c", "fsync=off",
            ];
            _process = ChildProcess.Start(command[0], command[1..], workingDirectory: "/tmp");
        }

        if (!_process.Output.Any(line => line.Contains("ready to accept connections", StringComparison.Ordinal)))
        {
            return false;
        }

        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Port);
        return true;
    }
}
