using System.Globalization;
using Lockstep.Connectors.Messages;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Contracts.Projects;
using Lockstep.Kafka;

namespace Lockstep.Connectors.Kafka;

/// <summary>Properties of a connector of class kafka; parsed from text.</summary>
internal sealed record KafkaConnectorOptions
{
    /// <summary>Where Kafka is.</summary>
    public required KafkaBusOptions Bus { get; init; }

    /// <summary>The topic.</summary>
    public required string Topic { get; init; }

    /// <summary>How events lie in its records.</summary>
    public KafkaType Type { get; init; }

    /// <summary>A block is a record; else, of json, an event is one.</summary>
    public bool BlockPerRecord { get; init; }

    /// <summary>An update block becomes an update, and the delete behind it goes; not in a failover group.</summary>
    public bool Collapse { get; init; }

    /// <summary>Deletes made by retention are left out; not in a failover group.</summary>
    public bool DropRetentionDeletes { get; init; }

    /// <summary>How events stand in text.</summary>
    public CsvFormat Csv { get; init; } = new();

    /// <summary>One bad event throws its record away; not in a failover group, where binary records say so themselves.</summary>
    public bool Transactional { get; init; }

    /// <summary>Events at most; 0 for no limit. Not in a failover group, whose topics have no end.</summary>
    public int MaxEvents { get; init; }

    /// <summary>A record that does not decode ends the connector, or the engine of a group.</summary>
    public bool StopsOnPoison { get; init; }

    /// <summary>Where a publisher begins.</summary>
    public long InitialOffset { get; init; }

    /// <summary>The project runs in a failover group.</summary>
    public bool HotFailover { get; init; }

    /// <summary>ZooKeeper servers of the failover group.</summary>
    public string ZooKeeper { get; init; } = "";

    /// <summary>True when the project runs in a failover group: some kafka subscriber asks for it.</summary>
    public static bool IsHot(ProjectDefinition project) => project.ContinuousQueries
        .SelectMany(q => q.Windows).SelectMany(w => w.Connectors)
        .Any(c => c.IsActive && IsKafka(c) && c.Direction == ConnectorDirection.Subscribe
            && c.Properties.TryGetValue("hotfailover", out var hot) && hot.Trim().ToUpperInvariant() is "TRUE" or "1" or "YES");

    /// <summary>True for a connector of this class.</summary>
    public static bool IsKafka(ConnectorDefinition connector) =>
        string.Equals(connector.Class, "kafka", StringComparison.OrdinalIgnoreCase);

    /// <summary>Checks a kafka connector of a model.</summary>
    public static void Check(ConnectorCheck check)
    {
        var properties = check.Read();
        var options = Parse(properties, check.Connector, check.Substitutions, check.Project.Name, check.Query.Name, check.Window.Name);
        properties.WarnOfUnknown();
        check.IsEndless = check.Connector.Direction == ConnectorDirection.Publish && (check.IsHot || options is not { MaxEvents: > 0 });
        if (check.IsHot && check.Connector.Direction == ConnectorDirection.Publish && options is { MaxEvents: > 0 } or { Transactional: true })
        {
            check.Warn(ProblemCode.UnknownProperty, "In a failover group properties 'maxevents' and 'transactional' of a publisher have no effect: "
                + "its topic has no end, and records of kafkatype binary say themselves whether they are transactions.");
        }

        if (options is { Type: var type })
        {
            CheckType(check, type);
        }
    }

    /// <summary>Reads the properties; what is wrong goes to the reader's problems. Null when there is nothing to go on with.</summary>
    public static KafkaConnectorOptions? Parse(
        PropertyReader properties, ConnectorDefinition connector, Substitutions substitutions, string project, string query, string window)
    {
        var isPublisher = connector.Direction == ConnectorDirection.Publish;
        var servers = substitutions.KafkaServers(properties.Required("kafkahostport"));
        var prefix = properties.Text("urlhostport", project).Replace(':', '_');
        var topic = properties.Text("kafkatopic", isPublisher
            ? TopicName.Inbound(prefix, project, query, window)
            : TopicName.Outbound(prefix, project, query, window));
        var partition = properties.Text("kafkapartition", "0");
        if (partition is not ("0" or "-1"))
        {
            properties.Error(ProblemCode.InvalidProperty, $"Property 'kafkapartition' is '{partition}': topics have one partition, 0.");
        }

        var type = KafkaType.Of(properties.Text("kafkatype", "binary"));
        List<string> wrong = [];
        var csv = CsvFormat.ForPublisher(
            properties.For("addcsvopcode", "addcsvflags", "publishwithupsert", "noautogenfield", "dateformat", "csvfielddelimiter"), wrong);
        wrong.ForEach(w => properties.Error(ProblemCode.InvalidProperty, w));
        var hot = !isPublisher && properties.Flag("hotfailover");
        var zooKeeper = hot ? substitutions.ZooKeeperServers(properties.Required("zookeeperhostport")) : "";
        var offset = OffsetOf(properties);
        var onPoison = isPublisher ? properties.OneOf("onpoison", "dlq", "dlq", "stop") : "dlq";
        properties.Ignore(
            "type", "useoffsetmsgid", "numbufferedmsgs", "snapshot", "kafkaconsumergroupid", "kafkatopicconfig", "zookeeperhostport",
            "hotfailover", "csvmsgperevent", "csvincludeschema", "useclientmsgid", "configfilesection", "header", "blocksize");
        try
        {
            return new KafkaConnectorOptions
            {
                Bus = KafkaBusOptions.Parse(servers, properties.Text("kafkaglobalconfig")),
                Topic = topic,
                Type = type,
                BlockPerRecord = properties.Flag("csvmsgpereventblock"),
                Collapse = !hot && properties.Flag("collapse"),
                DropRetentionDeletes = !hot && properties.Flag("rmretdel"),
                Csv = csv,
                Transactional = isPublisher && properties.Flag("transactional"),
                MaxEvents = isPublisher ? properties.Number("maxevents", 0) : 0,
                InitialOffset = offset,
                StopsOnPoison = onPoison == "stop",
                HotFailover = hot,
                ZooKeeper = zooKeeper,
            };
        }
        catch (FormatException malformed)
        {
            properties.Error(ProblemCode.InvalidProperty, malformed.Message);
            return null;
        }
    }

    /// <summary>The options of a checked connector.</summary>
    public static KafkaConnectorOptions Of(ConnectorContext context) => Parse(
        new PropertyReader(context.Definition.Properties, context.Path, context.Definition.Position, []),
        context.Definition, context.Substitutions, context.Project, context.Query, context.Window.Name)
        ?? throw new InvalidOperationException($"{context.Path} was not checked.");

    private static void CheckType(ConnectorCheck check, KafkaType type)
    {
        if (type.Format == RecordFormat.OpaqueString && check.Window.Schema is { } schema
            && OpaqueFields.Find(schema, type.TextField) is null)
        {
            check.Error(ProblemCode.InvalidProperty, type.TextField.Length == 0
                ? "Records of kafkatype opaquestring need a field of type string that is not 'topic'."
                : $"Property kafkatype is '{type.TextField}'; supported are binary, csv, json, opaquestring and the name of a field of type string.");
        }

        if (!type.IsForGroups && check.Connector.Direction == ConnectorDirection.Subscribe && check.IsHot)
        {
            check.Error(ProblemCode.InvalidProperty, "In a failover group a subscriber's kafkatype is binary or csv. "
                + "Send other forms from a project of its own that reads the outbound topic.");
        }
    }

    private static long OffsetOf(PropertyReader properties)
    {
        var text = properties.Text("kafkainitialoffset", "smallest").ToUpperInvariant();
        if (text is "LARGEST" or "LATEST" or "END")
        {
            return PartitionStart.Latest;
        }

        if (text is "SMALLEST" or "EARLIEST" or "BEGINNING")
        {
            return PartitionStart.Earliest;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
        {
            return offset;
        }

        properties.Error(ProblemCode.InvalidProperty, $"Property 'kafkainitialoffset' must be smallest, largest or a number, not '{text}'.");
        return PartitionStart.Earliest;
    }
}
