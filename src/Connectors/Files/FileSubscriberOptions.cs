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
        if (FilePublisherOptions.IsSocket(path))
        {
            properties.Error(ProblemCode.InvalidProperty, $"Property 'fsname' is '{path}': subscribers write files only, no sockets.");
        }

        var type = FilePublisherOptions.ReadType(properties);
        List<string> wrong = [];
        var format = CsvFormat.ForSubscriber(properties.For("header", "dateformat", "csvfielddelimiter"), wrong);
        wrong.ForEach(w => properties.Error(ProblemCode.InvalidProperty, w));
        // A window has no rows yet when its subscribers start, so a snapshot is always empty. Files are flushed when idle.
        properties.Ignore("type", "snapshot", "unbufferedoutputstreams", "configfilesection", "loglevel", "rate");
        return new FileSubscriberOptions
        {
            Path = path,
            FileType = type,
            Period = TimeSpan.FromSeconds(properties.Number("periodicity", 0)),
            MaxFileSize = properties.Number("maxfilesize", 0),
            Format = format,
            Collapse = properties.Flag("collapse"),
            DropRetentionDeletes = properties.Flag("rmretdel"),
            RestartWhenReplaced = properties.OneOf("onreplaced", "stop", "stop", "restart") == "restart",
        };
    }
}
