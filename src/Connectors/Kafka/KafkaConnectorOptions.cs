using System.Globalization;
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
    public RecordFormat Format { get; init; }

    /// <summary>How events stand in text.</summary>
    public CsvFormat Csv { get; init; } = new();

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
        check.IsEndless = check.Connector.Direction == ConnectorDirection.Publish;
        var properties = check.Read();
        Parse(properties, check.Connector, check.Substitutions, check.Project.Name, check.Query.Name, check.Window.Name);
        properties.WarnOfUnknown();
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

        var format = properties.OneOf("kafkatype", "binary", "binary", "csv") == "csv" ? RecordFormat.Csv : RecordFormat.Binary;
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
            "hotfailover", "csvmsgperevent", "csvmsgpereventblock", "csvincludeschema", "useclientmsgid", "configfilesection", "header");
        try
        {
            return new KafkaConnectorOptions
            {
                Bus = KafkaBusOptions.Parse(servers, properties.Text("kafkaglobalconfig")),
                Topic = topic,
                Format = format,
                Csv = csv,
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
