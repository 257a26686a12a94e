using System.Globalization;
using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors.Files;

/// <summary>Where a socket is that stands for a file: <c>:port</c> listens on loopback, <c>host:port</c> connects.</summary>
/// <param name="Host">The host to connect to; empty to listen.</param>
/// <param name="Port">The port.</param>
internal readonly record struct SocketPlace(string Host, int Port)
{
    /// <summary>True where peers connect to this one.</summary>
    public bool IsListener => Host.Length == 0;

    /// <summary>True for a text that is the place of a socket and no path.</summary>
    public static bool Is(string path) =>
        !path.Contains('/', StringComparison.Ordinal)
        && path.LastIndexOf(':') is >= 0 and var colon
        && ushort.TryParse(path.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary>Takes a text apart that <see cref="Is"/> is true for.</summary>
    public static SocketPlace Of(string place)
    {
        var colon = place.LastIndexOf(':');
        return new SocketPlace(place[..colon].Trim('[', ']'), int.Parse(place.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }

    /// <summary>Refuses properties that need a file when the path is a socket.</summary>
    public static void Refuse(PropertyReader properties, string path, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Is(path) && properties.IsSet(name))
            {
                properties.Error(ProblemCode.InvalidProperty, $"Property '{name}' needs a file, and fsname is the socket '{path}'. Leave it out.");
            }
        }
    }
}
