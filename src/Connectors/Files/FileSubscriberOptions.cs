using Lockstep.Connectors.Messages;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors.Files;

/// <summary>Properties of an fs subscriber, also those of <c>dfesp_fs_adapter type=sub</c>; parsed from text.</summary>
internal sealed record FileSubscriberOptions
{
    /// <summary>Path of the file on this machine.</summary>
    public required string Path { get; init; }

    /// <summary>How events stand in its lines, and its header.</summary>
    public required CsvFormat Format { get; init; }

    /// <summary>An update block becomes an update, and the delete behind it goes.</summary>
    public bool Collapse { get; init; }

    /// <summary>Deletes made by retention are left out.</summary>
    public bool DropRetentionDeletes { get; init; }

    /// <summary>How events are written.</summary>
    public FileType FileType { get; init; }

    /// <summary>Time after which a new file is begun; zero for never.</summary>
    public TimeSpan Period { get; init; }

    /// <summary>Bytes after which a new file is begun; 0 for never.</summary>
    public long MaxFileSize { get; init; }

    /// <summary>Files follow each other, and the name of each has the time of its beginning behind it.</summary>
    public bool IsRolling => Period > TimeSpan.Zero || MaxFileSize > 0;

    /// <summary>Every block is written at once.</summary>
    public bool Unbuffered { get; init; }

    /// <summary>A file whose stored position does not fit is begun anew; else that is an error.</summary>
    public bool RestartWhenReplaced { get; init; }

    /// <summary>Checks an fs subscriber of a model.</summary>
    public static void Check(ConnectorCheck check)
    {
        var properties = check.Read();
        Parse(properties, check.Substitutions);
        properties.WarnOfUnknown();
    }

    /// <summary>Reads the properties; what is wrong goes to the reader's problems.</summary>
    /// <param name="properties">The properties.</param>
    /// <param name="substitutions">For the path.</param>
    public static FileSubscriberOptions Parse(PropertyReader properties, Substitutions substitutions)
    {
        var path = substitutions.PathOf(properties.Required("fsname"));
        if (SocketPlace.Is(path))
        {
            path = substitutions.HostOf(path);
        }

        SocketPlace.Refuse(properties, path, "periodicity", "maxfilesize");
        var type = FilePublisherOptions.ReadType(properties, isPublisher: false);
        List<string> wrong = [];
        var format = CsvFormat.ForSubscriber(properties.For("header", "dateformat", "csvfielddelimiter"), wrong);
        wrong.ForEach(w => properties.Error(ProblemCode.InvalidProperty, w));
        properties.Ignore("type", "snapshot", "configfilesection", "loglevel", "rate");
        return new FileSubscriberOptions
        {
            Path = path,
            FileType = type,
            Period = TimeSpan.FromSeconds(properties.Number("periodicity", 0)),
            MaxFileSize = properties.Number("maxfilesize", 0),
            Format = format,
            Collapse = properties.Flag("collapse"),
            DropRetentionDeletes = properties.Flag("rmretdel"),
            Unbuffered = properties.Flag("unbufferedoutputstreams"),
            RestartWhenReplaced = properties.OneOf("onreplaced", "stop", "stop", "restart") == "restart",
        };
    }

    /// <summary>Builds the subscriber of a context: to a file, or to what is at the other end of a socket.</summary>
    public static IConnector Create(ConnectorContext context)
    {
        var definition = context.Definition;
        var options = Parse(new PropertyReader(definition.Properties, context.Path, definition.Position, []), context.Substitutions);
        if (!SocketPlace.Is(options.Path))
        {
            return new FileSubscriber(context, options);
        }

        var target = new SocketTarget(options.Path, new EventLines(options, context.Schema, isStream: true));
        return new MessageSubscriber(context, new EventLines(options, context.Schema, isStream: true).WriteMessage, target);
    }
}
