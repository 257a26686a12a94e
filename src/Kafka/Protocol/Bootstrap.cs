using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Lockstep.Kafka.Protocol;

/// <summary>Finds some broker that answers, out of a bootstrap list.</summary>
internal static class Bootstrap
{
    private const int DefaultPort = 9092;

    /// <summary>Opens a connection to the first broker of the list, from <paramref name="first"/> on, that answers.</summary>
    /// <exception cref="ProtocolException">As <see cref="ProtocolConnection.OpenAsync"/>.</exception>
    /// <exception cref="IOException">None answers; the last cause is inside.</exception>
    internal static async Task<ProtocolConnection> OpenAnyAsync(
        KafkaBusOptions options, int first, TimeSpan limit, CancellationToken cancellation)
    {
        var servers = Parse(options.BootstrapServers);
        Exception? cause = null;
        for (var i = 0; i < servers.Count; i++)
        {
            var (host, port) = servers[(first + i) % servers.Count];
            using var each = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            each.CancelAfter(limit);
            try
            {
                return await ProtocolConnection.OpenAsync(options, host, port, each.Token).ConfigureAwait(false);
            }
            catch (Exception away) when (IsNetwork(away, cancellation))
            {
                cause = away;
            }
        }

        throw new IOException($"None of {options.BootstrapServers} answers: {cause?.Message}", cause);
    }

    /// <summary>True: the connection broke or stood still; another try or another broker may do better.</summary>
    internal static bool IsNetwork(Exception failed, CancellationToken cancellation) =>
        failed is IOException or SocketException or ObjectDisposedException
        || (failed is OperationCanceledException && !cancellation.IsCancellationRequested);

    /// <summary>True: TLS could not be agreed on, which another try won't change.</summary>
    internal static bool IsSecurity(Exception failed) => failed is AuthenticationException;

    internal static IReadOnlyList<(string Host, int Port)> Parse(string servers)
    {
        var result = new List<(string, int)>();
        foreach (var part in servers.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var scheme = part.IndexOf("://", StringComparison.Ordinal);
            var address = scheme < 0 ? part : part[(scheme + 3)..];
            var colon = address.LastIndexOf(':');
            var hasPort = colon > 0 && address.IndexOf(']', StringComparison.Ordinal) < colon;
            var host = (hasPort ? address[..colon] : address).Trim('[', ']');
            var port = hasPort && int.TryParse(address[(colon + 1)..], CultureInfo.InvariantCulture, out var number)
                ? number
                : DefaultPort;
            result.Add((host, port));
        }

        return result;
    }
}
