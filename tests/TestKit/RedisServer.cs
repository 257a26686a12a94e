using System.Globalization;

namespace Lockstep.TestKit;

/// <summary>A real Redis server in a child process on loopback, with a password, that keeps nothing over a restart.</summary>
public sealed class RedisServer : PortServer
{
    /// <summary>The password of the default user.</summary>
    public const string Password = "not-a-secret-of-tests";

    private readonly string[] _further;

    private RedisServer(string[] further)
        : base("redis-") => _further = further;

    /// <summary>Starts a server and waits until it listens.</summary>
    /// <param name="further">Further options of redis-server.</param>
    /// <exception cref="FileNotFoundException">Redis is not installed; the message says how to get it.</exception>
    public static Task<RedisServer> StartAsync(params string[] further) => StartAsync(new RedisServer(further), () => Task.CompletedTask);

    private protected override ChildProcess Launch() => ChildProcess.Start(
        Programs.Find("redis-server", "REDIS_SERVER", "redis-server"),
        [
            "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", Folder, "--save", "",
            "--appendonly", "no", "--requirepass", Password, .. _further,
        ]);
}
