using System.Collections.Immutable;
using System.Globalization;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;

namespace Lockstep.Connectors.Web;

/// <summary>Properties of url and websocket publishers.</summary>
internal sealed record WebOptions
{
    private static readonly TimeSpan IntervalMin = TimeSpan.FromMilliseconds(10);

    /// <summary>The configuration; null when it is in a file, or wrong.</summary>
    public UrlConnectorConfig? Config { get; init; }

    /// <summary>Time between two rounds of requests.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>Events at most; 0 for no limit.</summary>
    public int MaxEvents { get; init; }

    /// <summary>Events a block at most; 0 for all of an answer.</summary>
    public int BlockSize { get; init; }

    /// <summary>One bad event throws its whole block away.</summary>
    public bool Transactional { get; init; }

    /// <summary>Inserts become upserts.</summary>
    public bool Upsert { get; init; }

    /// <summary>Server of a websocket.</summary>
    public string Server { get; init; } = "";

    /// <summary>File of a certificate that is trusted too; empty for none.</summary>
    public string Certificate { get; init; } = "";

    /// <summary>Headers of a websocket's request.</summary>
    public ImmutableArray<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>True for a publisher that goes on until it is told to stop.</summary>
    public bool IsEndless => MaxEvents == 0;

    /// <summary>Checks a url publisher of a model.</summary>
    public static void CheckUrl(ConnectorCheck check) => Check(check, isSocket: false);

    /// <summary>Checks a websocket publisher of a model.</summary>
    public static void CheckSocket(ConnectorCheck check) => Check(check, isSocket: true);

    /// <summary>Reads the properties; what is wrong goes to the problems.</summary>
    public static WebOptions Parse(
        PropertyReader properties, string path, Substitutions substitutions, ICollection<Problem> problems, bool isSocket)
    {
        var interval = properties.Text("interval", "10 seconds");
        if (!DurationText.TryParse(interval, out var wait))
        {
            properties.Error(ProblemCode.InvalidProperty, $"Property 'interval' must be a duration, as 30 or '5 seconds', not '{interval}'.");
        }

        properties.Ignore("type", "configfilesection", "contentType");
        var server = isSocket ? properties.Required("url") : "";
        if (server.Length > 0 && !(Uri.TryCreate(server, UriKind.Absolute, out var uri) && uri.Scheme is "ws" or "wss"))
        {
            properties.Error(ProblemCode.InvalidProperty, $"Property 'url' must be an address ws://... or wss://..., not '{server}'.");
        }

        return new WebOptions
        {
            Config = ReadConfig(properties, path, substitutions, problems),
            Interval = wait < IntervalMin ? IntervalMin : wait,
            MaxEvents = properties.Number("maxevents", 0),
            BlockSize = properties.Number("blocksize", 0),
            Transactional = properties.Flag("transactional"),
            Upsert = properties.Flag("publishwithupsert"),
            Server = server,
            Certificate = isSocket ? substitutions.PathOf(PathOf(properties.Text("sslCertificate"))) : "",
            Headers = isSocket ? ReadHeaders(properties.Text("requestHeaders")) : [],
        };
    }

    private static void Check(ConnectorCheck check, bool isSocket)
    {
        var properties = check.Read();
        var options = Parse(properties, check.Path, check.Substitutions, check.Problems, isSocket);
        check.IsEndless = options.IsEndless;
        properties.WarnOfUnknown();
        foreach (var publisher in options.Config?.Publishers ?? [])
        {
            if (!isSocket && publisher.Requests.IsEmpty)
            {
                check.Error(ProblemCode.InvalidUrlConfig, $"Publisher '{publisher.Name}' of the configuration has no request.");
            }

            if (check.Window.Schema is { } schema)
            {
                ContentReader.Create(publisher, schema, out var found);
                foreach (var problem in found)
                {
                    check.Problems.Add(problem with
                    {
                        Path = check.Path,
                        Position = check.Connector.Position,
                        Message = string.Create(CultureInfo.InvariantCulture,
                            $"Configuration, line {problem.Position.Line}, column {problem.Position.Column}: {problem.Message}"),
                    });
                }
            }
        }
    }

    private static UrlConnectorConfig? ReadConfig(
        PropertyReader properties, string path, Substitutions substitutions, ICollection<Problem> problems)
    {
        var tokens = UrlConnectorConfig.ReadProperties(properties.Text("properties"));
        var inline = properties.Text("config");
        var file = properties.Text("configUrl");
        if (inline.Length > 0 || file.StartsWith('<'))
        {
            return UrlConnectorConfig.Read(inline.Length > 0 ? inline : file, tokens, path, problems);
        }

        if (file.Length == 0)
        {
            properties.Error(ProblemCode.MissingProperty, "Property 'configUrl' is missing, and the model holds no configuration.");
            return null;
        }

        var local = PathOf(file);
        if (local.Contains("://", StringComparison.Ordinal))
        {
            properties.Error(ProblemCode.InvalidUrlConfig, $"Property 'configUrl' is '{file}': only files are read.");
            return null;
        }

        try
        {
            return UrlConnectorConfig.Read(File.ReadAllText(substitutions.PathOf(local)), tokens, path, problems);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            properties.Error(ProblemCode.InvalidUrlConfig, $"The configuration cannot be read: {unreadable.Message}");
            return null;
        }
    }

    private static string PathOf(string url) => url.StartsWith("file://", StringComparison.OrdinalIgnoreCase) ? url["file://".Length..] : url;

    private static ImmutableArray<(string Name, string Value)> ReadHeaders(string text) =>
    [
        .. from part in text.Split([';', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
           let at = part.IndexOfAny([':', '='])
           where at > 0
           select (part[..at].Trim(), part[(at + 1)..].Trim()),
    ];
}
