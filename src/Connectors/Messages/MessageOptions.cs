using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors.Messages;

/// <summary>What the properties of all connectors to message brokers have in common.</summary>
internal sealed record MessageOptions
{
    /// <summary>What a message holds.</summary>
    public MessageFormat Format { get; init; }

    /// <summary>Field that an opaque string is the value of; empty for the one that is found by its type.</summary>
    public string TextField { get; init; } = "";

    /// <summary>How events stand in its lines.</summary>
    public required CsvFormat Csv { get; init; }

    /// <summary>One bad event throws its message away.</summary>
    public bool Transactional { get; init; }

    /// <summary>A line that can't be read costs its message and no more; else it ends the publisher.</summary>
    public bool IgnoreParseErrors { get; init; }

    /// <summary>Events at most; 0 for no limit.</summary>
    public int MaxEvents { get; init; }

    /// <summary>A block is a message; else an event is one.</summary>
    public bool BlockPerMessage { get; init; }

    /// <summary>An update block becomes an update, and the delete behind it goes.</summary>
    public bool Collapse { get; init; }

    /// <summary>Deletes made by retention are left out.</summary>
    public bool DropRetentionDeletes { get; init; }

    /// <summary>True for a publisher that goes on until it is told to stop.</summary>
    public bool IsEndless => MaxEvents == 0;

    /// <summary>Reads the properties; what is wrong goes to the reader's problems.</summary>
    /// <param name="properties">The properties.</param>
    /// <param name="format">Name of the property with the format.</param>
    /// <param name="direction">Which way events go.</param>
    /// <param name="isRequired">The format must be given.</param>
    public static MessageOptions Parse(PropertyReader properties, string format, ConnectorDirection direction, bool isRequired = true)
    {
        if (isRequired)
        {
            properties.Required(format);
        }

        List<string> wrong = [];
        var isPublisher = direction == ConnectorDirection.Publish;
        var csv = isPublisher
            ? CsvFormat.ForPublisher(properties.For(
                "addcsvopcode", "addcsvflags", "publishwithupsert", "noautogenfield", "header", "dateformat", "csvfielddelimiter"), wrong)
            : CsvFormat.ForSubscriber(properties.For("header", "dateformat", "csvfielddelimiter"), wrong);
        wrong.ForEach(w => properties.Error(ProblemCode.InvalidProperty, w));
        properties.Ignore("type", "configfilesection", "blocksize", "snapshot", "doubleprecision", "csvmsgperevent");
        return new MessageOptions
        {
            Format = properties.OneOf(format, "csv", "csv", "json", "opaquestring") switch
            {
                "json" => MessageFormat.Json,
                "opaquestring" => MessageFormat.OpaqueString,
                _ => MessageFormat.Csv,
            },
            Csv = csv,
            Transactional = properties.Flag("transactional"),
            IgnoreParseErrors = properties.Flag("ignorecsvparseerrors"),
            MaxEvents = properties.Number("maxevents", 0),
            BlockPerMessage = properties.Flag("csvmsgpereventblock"),
            Collapse = properties.Flag("collapse"),
            DropRetentionDeletes = properties.Flag("rmretdel"),
        };
    }

    /// <summary>Refuses a password that only another engine can read.</summary>
    public static void RefuseEncrypted(PropertyReader properties, string name)
    {
        if (properties.Flag(name))
        {
            properties.Error(ProblemCode.InvalidProperty,
                $"Property '{name}' is true: only the engine that encrypted the password can read it. Give the password by a token @NAME@.");
        }
    }

    /// <summary>Builds the connector of a context, for a broker that its properties name.</summary>
    public IConnector Connect(ConnectorContext context, IMessageBroker broker) =>
        context.Definition.Direction == ConnectorDirection.Publish
            ? new MessagePublisher(context, this, broker)
            : new MessageSubscriber(context, this, broker);

    /// <summary>Checks that a window can take or give opaque strings, and says whether a publisher is endless.</summary>
    public void Check(ConnectorCheck check, PropertyReader properties)
    {
        check.IsEndless = IsEndless && check.Connector.Direction == ConnectorDirection.Publish;
        if (Format == MessageFormat.OpaqueString && check.Window.Schema is { } schema && OpaqueFields.Find(schema, TextField) is null)
        {
            properties.Error(ProblemCode.InvalidProperty, "Messages of type opaquestring need a field of type string that is not 'topic'.");
        }
    }
}
