using System.Globalization;
using Lockstep.Connectors.Files;
using Lockstep.Contracts.Adapters;
using Lockstep.Contracts.Failover;
using Lockstep.Contracts.Projects;
using Lockstep.Kafka;

namespace Lockstep.Connectors.Adapters;

/// <summary>
/// What a connector of class adapter asks for, put together from its command line, the url and the kafka.cfg file that the
/// command line names. The command line is parsed and never run.
/// </summary>
internal sealed record AdapterOptions
{
    /// <summary>Lines a record at most, unless the command line says otherwise.</summary>
    public const int DefaultBlockSize = 512;

    private const string Supported = "dfesp_fs_adapter -C type=pub|sub,...,transport=kafka,transportconfigfile=FILE";

    /// <summary>Where Kafka is.</summary>
    public required KafkaBusOptions Bus { get; init; }

    /// <summary>The inbound topic of a publisher, the outbound topic of a subscriber.</summary>
    public required string Topic { get; init; }

    /// <summary>Where a publisher keeps its position.</summary>
    public required string MetaTopic { get; init; }

    /// <summary>Failover group: key of the position, transactional id, and part of the election's path.</summary>
    public required string Group { get; init; }

    /// <summary>The members of the group elect one.</summary>
    public bool HotFailover { get; init; }

    /// <summary>ZooKeeper servers.</summary>
    public string ZooKeeper { get; init; } = "";

    /// <summary>Where a subscriber without a position begins.</summary>
    public long InitialOffset { get; init; } = PartitionStart.Earliest;

    /// <summary>The file of a publisher; null for a subscriber.</summary>
    public FilePublisherOptions? Publisher { get; init; }

    /// <summary>The file of a subscriber; null for a publisher.</summary>
    public FileSubscriberOptions? Subscriber { get; init; }

    /// <summary>Checks an adapter connector.</summary>
    public static void Check(ConnectorCheck check)
    {
        var options = Parse(check.Connector, check.Path, check.Substitutions, check.Problems);
        check.IsEndless = options is { Subscriber: not null } or { Publisher.IsEndless: true };
    }

    /// <summary>Builds the adapter of a checked connector.</summary>
    public static IConnector Create(ConnectorContext context)
    {
        var options = Parse(context.Definition, context.Path, context.Substitutions, [])
            ?? throw new InvalidOperationException($"{context.Path} was not checked.");
        return options.Publisher is not null ? new InputAdapter(context, options) : new OutputAdapter(context, options);
    }

    private static AdapterOptions? Parse(
        ConnectorDefinition connector, string path, Substitutions substitutions, ICollection<Problem> problems)
    {
        var own = new PropertyReader(connector.Properties, path, connector.Position, problems);
        own.Ignore("type");
        var command = own.Required("command");
        var url = own.Text("url");
        own.WarnOfUnknown();
        if (command.Length == 0)
        {
            return null;
        }

        if (AdapterCommand.Parse(command, path, connector.Position, problems) is not { } parsed)
        {
            return null;
        }

        var settings = new PropertyReader(parsed.Properties, path, connector.Position, problems);
        var type = settings.OneOf("type", "", "pub", "sub");
        var transport = settings.Text("transport");
        if (transport != "kafka" || type.Length == 0)
        {
            own.Error(ProblemCode.InvalidCommand,
                $"The adapter has type '{type}' and transport '{transport}'; supported is {Supported}.");
            return null;
        }

        url = settings.Text("url", url);
        var config = ReadConfig(settings, substitutions, path, problems);
        if (config is null || TopicOf(url, type, own) is not { } topic)
        {
            return null;
        }

        return Build(settings, config, substitutions, topic, type, path);
    }

    private static AdapterOptions? Build(
        PropertyReader settings, ConfigSections config, Substitutions substitutions, string topic, string type, string path)
    {
        var (kafka, sas) = (config.Kafka, config.Sas);
        var servers = substitutions.KafkaServers(kafka.Required("hostport"));
        var partition = kafka.Text("partition", "0");
        if (partition != "0")
        {
            kafka.Error(ProblemCode.InvalidProperty, $"Property 'partition' is '{partition}': topics have one partition, 0.");
        }

        KafkaBusOptions bus;
        try
        {
            bus = KafkaBusOptions.Parse(servers, kafka.Text("globalconfig"));
        }
        catch (FormatException wrong)
        {
            kafka.Error(ProblemCode.InvalidProperty, wrong.Message);
            return null;
        }

        var hot = type == "pub" && sas.Flag("hotfailover");
        var group = hot ? sas.Required("failovergroup") : sas.Text("failovergroup", kafka.Text("groupid", path.Replace('/', '.')));
        var zooKeeper = hot ? substitutions.ZooKeeperServers(sas.Required("zookeeperhostport")) : "";
        var metaTopic = type == "pub" ? kafka.Required("metatopic") : kafka.Text("metatopic");
        var initial = OffsetOf(kafka);
        kafka.Ignore("groupid", "topicconfig");
        sas.Ignore("numbufferedmsgs", "dateformat", "zookeeperhostport", "failovergroup", "hotfailover");
        var options = new AdapterOptions
        {
            Bus = bus,
            Topic = topic,
            MetaTopic = metaTopic,
            Group = group,
            HotFailover = hot,
            ZooKeeper = zooKeeper,
            InitialOffset = initial,
            Publisher = type == "pub" ? FilePublisherOptions.Parse(settings, substitutions, DefaultBlockSize) : null,
            Subscriber = type == "sub" ? FileSubscriberOptions.Parse(settings, substitutions) : null,
        };
        if ((options.Publisher?.Path ?? options.Subscriber?.Path) is { } place && SocketPlace.Is(place))
        {
            settings.Error(ProblemCode.InvalidProperty, $"Property 'fsname' is '{place}': an adapter reads and writes files only, no sockets.");
        }

        if (options.Subscriber is { IsRolling: true })
        {
            settings.Error(ProblemCode.InvalidProperty, "An adapter writes one file: properties 'periodicity' and 'maxfilesize' are not run by it.");
        }

        settings.WarnOfUnknown();
        kafka.WarnOfUnknown();
        sas.WarnOfUnknown();
        return options;
    }

    private static ConfigSections? ReadConfig(
        PropertyReader settings, Substitutions substitutions, string path, ICollection<Problem> problems)
    {
        var file = substitutions.PathOf(settings.Required("transportconfigfile"));
        if (file.Length == 0)
        {
            return null;
        }

        try
        {
            var sections = AdapterConfigFile.Read(File.ReadAllText(file), file, problems);
            PropertyReader Section(string name) => new(
                sections.Section(name).ToProperties(), $"{path} {file} {name}", sections.Section(name).Position, problems);
            return new ConfigSections(Section("kafka"), Section("sas"));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            settings.Error(ProblemCode.InvalidConfigFile, $"'{file}' can't be read: {unreadable.Message}");
            return null;
        }
    }

    private static string? TopicOf(string url, string type, PropertyReader own)
    {
        if (!PubSubUrl.TryParse(url, out var parsed, out var problem))
        {
            own.Error(ProblemCode.InvalidUrl, problem!);
            return null;
        }

        return type == "pub"
            ? TopicName.Inbound(parsed!.TopicPrefix, parsed.Project, parsed.ContQuery, parsed.Window)
            : TopicName.Outbound(parsed!.TopicPrefix, parsed.Project, parsed.ContQuery, parsed.Window);
    }

    private static long OffsetOf(PropertyReader kafka)
    {
        var text = kafka.Text("initialoffset", "smallest").ToUpperInvariant();
        if (text is "LARGEST" or "LATEST")
        {
            return PartitionStart.Latest;
        }

        if (text is "SMALLEST" or "EARLIEST")
        {
            return PartitionStart.Earliest;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
        {
            return offset;
        }

        kafka.Error(ProblemCode.InvalidProperty, $"Property 'initialoffset' must be smallest, largest or a number, not '{text}'.");
        return PartitionStart.Earliest;
    }

    private sealed record ConfigSections(PropertyReader Kafka, PropertyReader Sas);
}
