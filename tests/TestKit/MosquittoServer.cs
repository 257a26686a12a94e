
namespace Lockstep.TestKit;

/// <summary>A real Mosquitto, an MQTT broker, in a child process on loopback, with one user.</summary>
public sealed class MosquittoServer : PortServer
{
    /// <summary>The user's name.</summary>
    public const string User = "lockstep";

    /// <summary>The user's password.</summary>
    public const string Password = "not a secret, of tests";

    private MosquittoServer()
        : base("mosquitto-")
    {
    }

    /// <summary>Its port for TLS; nothing listens there without a certificate.</summary>
    public int TlsPort { get; } = FreePorts.Next();

    /// <summary>Starts a broker and waits until it listens.</summary>
    /// <param name="certificate">PEM of certificate and key for TLS; null for none.</param>
    /// <exception cref="FileNotFoundException">Mosquitto is not installed; the message says how to get it.</exception>
    public static Task<MosquittoServer> StartAsync((string Certificate, string Key)? certificate = null)
    {
        MosquittoServer server = new();
        return StartAsync(server, () => server.ConfigureAsync(certificate));
    }

    private protected override ChildProcess Launch() => ChildProcess.Start(
        Programs.Find("mosquitto", "MOSQUITTO", "mosquitto"), ["-c", Path.Combine(Folder, "mosquitto.conf")]);

    private async Task ConfigureAsync((string Certificate, string Key)? certificate)
    {
        string passwords = Path.Combine(Folder, "passwords");
        await using (ChildProcess made = ChildProcess.Start(
            Programs.Find("mosquitto_passwd", "MOSQUITTO_PASSWD", "mosquitto"), ["-b", "-c", passwords, User, Password]))
        {
            await Eventually.TrueAsync(() => made.HasExited, StartDeadline, made.Describe);
        }

        List<string> lines = ["per_listener_settings false", "allow_anonymous false", $"password_file {passwords}", $"listener {Port} 127.0.0.1"];
        if (certificate is { } pem)
        {
            await File.WriteAllTextAsync(Path.Combine(Folder, "server.crt"), pem.Certificate);
            await File.WriteAllTextAsync(Path.Combine(Folder, "server.key"), pem.Key);
            lines.AddRange([$"listener {TlsPort} 127.0.0.1", $"certfile {Folder}/server.crt", $"keyfile {Folder}/server.key"]);
        }

        if (Environment.UserName == "root")
        {
            lines.Insert(0, "user root"); // It would give its rights up and then not read its files.
        }

        await File.WriteAllLinesAsync(Path.Combine(Folder, "mosquitto.conf"), lines);
    }
}
