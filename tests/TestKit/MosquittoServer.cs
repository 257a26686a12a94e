
namespace Lockstep.TestKit;

/// <summary>A real Mosquitto, an MQTT broker, in a child process on loopback, with one user.</summary>
public sealed class MosquittoServer : IAsyncDisposable
{
    /// <summary>The user's name.</summary>
    public const string User = "lockstep";

    /// <summary>The user's password.</summary>
    public const string Password = "not a secret, of tests";

    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mosquitto-");
    private ChildProcess? _process;

    private MosquittoServer()
    {
    }

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; } = FreePorts.Next();

    /// <summary>Its port for TLS; nothing listens there without a certificate.</summary>
    public int TlsPort { get; } = FreePorts.Next();

    /// <summary>Starts a broker and waits until it listens.</summary>
    /// <param name="certificate">PEM of certificate and key for TLS; null for none.</param>
    /// <exception cref="FileNotFoundException">Mosquitto is not installed; the message says how to get it.</exception>
    public static async Task<MosquittoServer> StartAsync((string Certificate, string Key)? certificate = null)
    {
        MosquittoServer server = new();
        try
        {
            await server.ConfigureAsync(certificate);
            await server.RestartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the broker.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.KillAsync();
            await process.DisposeAsync();
        }
    }

    /// <summary>Kills the broker if it runs, and starts it on its port.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        ChildProcess process = ChildProcess.Start(
            Programs.Find("mosquitto", "MOSQUITTO", "mosquitto"), ["-c", Path.Combine(_folder.FullName, "mosquitto.conf")]);
        _process = process;
        await Eventually.TrueAsync(() => Programs.ListensAsync(process, Port), StartDeadline, process.Describe);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Delete(recursive: true);
    }

    private async Task ConfigureAsync((string Certificate, string Key)? certificate)
    {
        string passwords = Path.Combine(_folder.FullName, "passwords");
        await using (ChildProcess made = ChildProcess.Start(
            Programs.Find("mosquitto_passwd", "MOSQUITTO_PASSWD", "mosquitto"), ["-b", "-c", passwords, User, Password]))
        {
            await Eventually.TrueAsync(() => made.HasExited, StartDeadline, made.Describe);
        }

        List<string> lines = ["per_listener_settings false", "allow_anonymous false", $"password_file {passwords}", $"listener {Port} 127.0.0.1"];
        if (certificate is { } pem)
        {
            await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "server.crt"), pem.Certificate);
            await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "server.key"), pem.Key);
            lines.AddRange([$"listener {TlsPort} 127.0.0.1", $"certfile {_folder.FullName}/server.crt", $"keyfile {_folder.FullName}/server.key"]);
        }

        if (Environment.UserName == "root")
        {
            lines.Insert(0, "user root"); // It would give its rights up and then not read its files.
        }

        await File.WriteAllLinesAsync(Path.Combine(_folder.FullName, "mosquitto.conf"), lines);
    }
}
