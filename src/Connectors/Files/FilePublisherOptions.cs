using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors.Files;

/// <summary>Properties of an fs publisher, also those of <c>dfesp_fs_adapter type=pub</c>; parsed from text.</summary>
internal sealed record FilePublisherOptions
{
    /// <summary>What to do about a file of an adapter that was replaced or cut; follows what was found.</summary>
    public const string ReplacedAdvice = "Restore it, or set onreplaced=restart to begin with the new file from its top.";

    /// <summary>Path of the file on this machine.</summary>
    public required string Path { get; init; }

    /// <summary>What the file holds.</summary>
    public FileType FileType { get; init; }

    /// <summary>How events stand in its lines, and how many first lines to skip.</summary>
    public required CsvFormat Format { get; init; }

    /// <summary>Events a block at most.</summary>
    public int BlockSize { get; init; } = 1;

    /// <summary>One bad event throws its whole block away.</summary>
    public bool Transactional { get; init; }

    /// <summary>Events a second at most; 0 for no limit.</summary>
    public int Rate { get; init; }

    /// <summary>The file grows: its end is waited at.</summary>
    public bool Growing { get; init; }

    /// <summary>Further passes over the file.</summary>
    public int RepeatCount { get; init; }

    /// <summary>Events at most; 0 for no limit.</summary>
    public int MaxEvents { get; init; }

    /// <summary>A line that can't be read is dropped, counted and logged; else it ends the publisher.</summary>
    public bool IgnoreParseErrors { get; init; }

    /// <summary>Of type cef: what syslog puts before it comes first in each line.</summary>
    public bool CefSyslogPrefix { get; init; }

    /// <summary>The whole file is read before the first event is published.</summary>
    public bool Prebuffer { get; init; }

    /// <summary>Zero bytes are taken out of lines.</summary>
    public bool StripNulls { get; init; }

    /// <summary>The file was replaced or cut: start with the new one from the top; else stop with an error.</summary>
    public bool RestartWhenReplaced { get; init; }

    /// <summary>True for a publisher that goes on until it is told to stop.</summary>
    public bool IsEndless => (Growing || Path.StartsWith(':')) && MaxEvents == 0;

    /// <summary>Checks an fs publisher of a model.</summary>
    public static void Check(ConnectorCheck check)
    {
        var properties = check.Read();
        check.IsEndless = Parse(properties, check.Substitutions, blockSize: 1).IsEndless;
        properties.WarnOfUnknown();
    }

    /// <summary>Reads the properties; what is wrong goes to the reader's problems.</summary>
    /// <param name="properties">The properties.</param>
    /// <param name="substitutions">For the path.</param>
    /// <param name="blockSize">Events a block when the properties do not say.</param>
    public static FilePublisherOptions Parse(PropertyReader properties, Substitutions substitutions, int blockSize)
    {
        var path = substitutions.PathOf(properties.Required("fsname"));
        if (SocketPlace.Is(path))
        {
            path = substitutions.HostOf(path);
        }

        var type = ReadType(properties, isPublisher: true);
        SocketPlace.Refuse(properties, path, "repeatcount", "growinginputfile", "prebuffer");
        if (properties.IsSet("growinginputfile") && (type == FileType.Xml || properties.IsSet("prebuffer")))
        {
            properties.Error(ProblemCode.InvalidProperty, type == FileType.Xml
                ? "Property 'growinginputfile' does not go with fstype=xml: a document ends. Let the file have csv or json."
                : "Property 'prebuffer' does not go with growinginputfile=true: such a file has no end.");
        }

        List<string> wrong = [];
        var format = CsvFormat.ForPublisher(
            properties.For(
                "addcsvopcode", "addcsvflags", "publishwithupsert", "noautogenfield", "header", "dateformat", "csvfielddelimiter"),
            wrong);
        wrong.ForEach(w => properties.Error(ProblemCode.InvalidProperty, w));
        properties.Ignore("type", "configfilesection", "loglevel");
        return new FilePublisherOptions
        {
            Path = path,
            FileType = type,
            Format = format,
            BlockSize = properties.Number("blocksize", blockSize, least: 1),
            Transactional = properties.Flag("transactional"),
            Rate = properties.Number("rate", 0),
            Growing = properties.Flag("growinginputfile"),
            RepeatCount = properties.Number("repeatcount", 0),
            MaxEvents = properties.Number("maxevents", 0),
            CefSyslogPrefix = properties.Flag("cefsyslogprefix"),
            Prebuffer = properties.Flag("prebuffer"),
            StripNulls = properties.Flag("stripnullsfromcsv"),
            IgnoreParseErrors = properties.Flag("ignorecsvparseerrors"),
            RestartWhenReplaced = properties.OneOf("onreplaced", "stop", "stop", "restart") == "restart",
        };
    }

    /// <summary>Reads property fstype.</summary>
    /// <param name="properties">The properties.</param>
    /// <param name="isPublisher">Logs are read and not written.</param>
    public static FileType ReadType(PropertyReader properties, bool isPublisher) => properties.Text("fstype", "csv").ToLowerInvariant() switch
    {
        "syslog" when isPublisher => FileType.Syslog,
        "cef" when isPublisher => FileType.Cef,
        "csv" => FileType.Csv,
        "xml" => FileType.Xml,
        "json" => FileType.Json,
        var other => Refuse(properties, other),
    };

    private static FileType Refuse(PropertyReader properties, string type)
    {
        var why = type switch
        {
            "binary" => "its layout is not public; write csv, xml or json instead",
            "hdat" => "its layout is not public, and it needs a server of its own; write csv instead",
            "syslog" or "cef" => "only publishers read logs; write csv, xml or json instead",
            _ => "there is no such type",
        };
        properties.Error(ProblemCode.InvalidProperty,
            $"Property 'fstype' is '{type}', which is not run: {why}. Supported are csv, xml, json, of publishers also syslog and cef.");
        return FileType.Csv;
    }
}
