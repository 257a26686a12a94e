using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Lockstep.ZooKeeper.Session;

/// <summary>One server of an ensemble.</summary>
/// <param name="Host">Name or address.</param>
/// <param name="Port">TCP port.</param>
internal readonly record struct ServerAddress(string Host, int Port)
{
    /// <summary>For logs: <c>host:port</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}

/// <summary>The parts of <c>host:port,host:port/chroot</c>.</summary>
/// <param name="Servers">At least one server.</param>
/// <param name="Chroot">The path put before every path, without a slash at its end; empty when there is none.</param>
internal sealed record ConnectString(IReadOnlyList<ServerAddress> Servers, string Chroot)
{
    private const int DefaultPort = 2181;

    /// <summary>Reads a connect string.</summary>
    /// <param name="text">What the user gave.</param>
    /// <param name="parsed">Its parts.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static bool TryParse(
        string? text,
        [NotNullWhen(true)] out ConnectString? parsed,
        [NotNullWhen(false)] out string? problem)
    {
        parsed = null;
        int slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        string chroot = slash < 0 ? "" : text![slash..].TrimEnd('/');
        if (chroot.Length > 0 && ZnodePaths.Problem(chroot, sequential: false) is { } chrootProblem)
        {
            problem = $"chroot {chrootProblem}";
            return false;
        }

        List<ServerAddress> servers = [];
        string hosts = slash < 0 ? text ?? "" : text![..slash];
        foreach (string part in hosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!TryParseServer(part, out ServerAddress server))
            {
                problem = $"'{part}' is not host:port.";
                return false;
            }

            servers.Add(server);
        }

        problem = servers.Count == 0 ? "names no server; host:port,host:port/chroot is expected." : null;
        parsed = servers.Count == 0 ? null : new ConnectString(servers, chroot);
        return parsed is not null;
    }

    /// <summary>That of checked options.</summary>
    /// <exception cref="ArgumentException">The options cannot be used; the message has all problems.</exception>
    public static ConnectString Of(ZooKeeperOptions options)
    {
        IReadOnlyList<string> problems = options.Validate();
        return problems.Count == 0 && TryParse(options.ConnectString, out ConnectString? parsed, out _)
            ? parsed
            : throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
    }

    /// <summary>The servers in random order, so that clients spread over the ensemble.</summary>
    public IReadOnlyList<ServerAddress> Shuffled()
    {
        ServerAddress[] servers = [.. Servers];
        RandomNumberGenerator.Shuffle(servers.AsSpan());
        return servers;
    }

    private static bool TryParseServer(string text, out ServerAddress server)
    {
        int hostEnd = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) + 1 : 0;
        int colon = text.IndexOf(':', hostEnd);
        string host = (colon < 0 ? text : text[..colon]).Trim('[', ']');
        int port = DefaultPort;
        bool portFits = colon < 0
            || (int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
                && port is > 0 and <= 65535);
        server = new ServerAddress(host, port);
        return host.Length > 0 && portFits && !(text.StartsWith('[') && hostEnd == 0);
    }
}
