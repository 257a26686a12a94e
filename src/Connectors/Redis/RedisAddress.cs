using System.Globalization;
using StackExchange.Redis;

namespace Lockstep.Connectors.Redis;

/// <summary>A Redis server and who logs in.</summary>
/// <param name="Host">Its host.</param>
/// <param name="Port">Its port.</param>
/// <param name="User">User; empty for the default one.</param>
/// <param name="Password">Password, never logged; empty for none.</param>
internal sealed record RedisAddress(string Host, int Port, string User, string Password)
{
    private const int TimeoutMs = 5_000;

    /// <summary>Seconds after which an idle connection is tried; 0: never; null: as the client does.</summary>
    public int? KeepAliveSeconds { get; init; }

    /// <summary>The connection is by TLS.</summary>
    public bool IsTls { get; init; }

    /// <summary>Names the server in messages.</summary>
    public string Place => string.Create(CultureInfo.InvariantCulture, $"Redis {Host}:{Port}");

    /// <summary>Connects, and logs in.</summary>
    /// <exception cref="RedisException">The server is not there, or refuses; see <see cref="Refuses"/>.</exception>
    public async Task<ConnectionMultiplexer> ConnectAsync()
    {
        var options = new ConfigurationOptions
        {
            EndPoints = { { Host, Port } },
            User = User.Length > 0 ? User : null,
            Password = Password.Length > 0 ? Password : null,
            ClientName = "lockstep",
            AbortOnConnectFail = true,
            ConnectRetry = 1,
            ConnectTimeout = TimeoutMs,
            AsyncTimeout = TimeoutMs,
            Ssl = IsTls,

            // Who sends says what waits and tries again: nothing is to wait in the client too.
            BacklogPolicy = BacklogPolicy.FailFast,
        };
        if (KeepAliveSeconds is { } seconds)
        {
            options.KeepAlive = seconds;
        }

        return await ConnectionMultiplexer.ConnectAsync(options).ConfigureAwait(false);
    }

    /// <summary>True when trying again changes nothing: user or password are wrong, or lack a right.</summary>
    public static bool Refuses(Exception failure) => failure switch
    {
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => true,
        RedisServerException said => IsRefusal(said.Message),
        { InnerException: { } inner } => Refuses(inner),
        _ => false,
    };

    /// <summary>True for what a server that is away, or a connection that broke, comes to.</summary>
    public static bool IsTrouble(Exception failure) =>
        failure is RedisException or TimeoutException or ObjectDisposedException or System.Net.Sockets.SocketException or IOException;

    /// <summary>What to tell of a failure, without what the client knows of passwords.</summary>
    public string Describe(Exception failure) => Refuses(failure)
        ? $"{Place}: the server refuses user or password, or a right is missing. Check them."
        : $"{Place}: {(failure is RedisServerException ? failure.Message : "no connection, or no answer in time")}.";

    private static bool IsRefusal(string message) =>
        message.StartsWith("NOAUTH", StringComparison.Ordinal) || message.StartsWith("NOPERM", StringComparison.Ordinal)
        || message.StartsWith("WRONGPASS", StringComparison.Ordinal);
}
