using System.Collections.Immutable;
using System.Globalization;

namespace Lockstep.Contracts.Adapters;

/// <summary>
/// The address of a window: <c>dfESP://host:port/project/contquery/window?name=value&amp;...</c>. Over Kafka nothing is
/// connected to: host and port name the topics, as <c>host_port</c>.
/// </summary>
/// <param name="Host">Host name as written.</param>
/// <param name="Port">Port.</param>
/// <param name="Project">Project.</param>
/// <param name="ContQuery">Continuous query.</param>
/// <param name="Window">Window.</param>
/// <param name="Parameters">What follows the question mark, by name.</param>
public sealed record PubSubUrl(
    string Host, int Port, string Project, string ContQuery, string Window, ImmutableSortedDictionary<string, string> Parameters)
{
    private const string Scheme = "dfESP://";

    /// <summary>What topic names begin with: <c>host_port</c>.</summary>
    public string TopicPrefix => string.Create(CultureInfo.InvariantCulture, $"{Host}_{Port}");

    /// <summary>
    /// Reads a url. A leading <c>url=</c> and quotes around it, which models have in the property of that name, are dropped.
    /// </summary>
    /// <returns>True with a url, or false with what is wrong as a sentence.</returns>
    public static bool TryParse(string text, out PubSubUrl? url, out string? problem)
    {
        url = null;
        var bare = text.Trim();
        if (bare.StartsWith("url=", StringComparison.OrdinalIgnoreCase))
        {
            bare = bare[4..];
        }

        bare = bare.Trim('"', '\'', ' ');
        problem = $"'{text}' is not {Scheme}host:port/project/contquery/window.";
        if (!bare.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var question = bare.IndexOf('?', StringComparison.Ordinal);
        var parts = bare[Scheme.Length..(question < 0 ? bare.Length : question)].Split('/');
        var colon = parts[0].LastIndexOf(':');
        if (parts.Length != 4 || parts.Any(p => p.Length == 0) || colon <= 0
            || !ushort.TryParse(parts[0].AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return false;
        }

        var parameters = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var pair in question < 0 ? [] : bare[(question + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            parameters[equals < 0 ? pair : pair[..equals]] = equals < 0 ? "" : pair[(equals + 1)..];
        }

        problem = null;
        url = new PubSubUrl(parts[0][..colon], port, parts[1], parts[2], parts[3], parameters.ToImmutable());
        return true;
    }

    /// <summary>The url without parameters.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Scheme}{Host}:{Port}/{Project}/{ContQuery}/{Window}");
}
