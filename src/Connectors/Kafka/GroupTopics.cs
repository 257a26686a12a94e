using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Kafka;

namespace Lockstep.Connectors.Kafka;

/// <summary>An inbound topic and the window its events go into.</summary>
internal sealed record InboundTopic(
    int Index, string Name, string Connector, WindowId Window, string WindowPath, KafkaType Type, CsvFormat Csv, long InitialOffset,
    bool AutogenKey, bool StopsOnPoison)
{
    /// <summary>How events lie in its records.</summary>
    public RecordFormat Format => Type.Format;
}

/// <summary>An outbound topic and the window its events come from.</summary>
internal sealed record OutboundTopic(
    int Index, string Name, string Connector, WindowId Window, string WindowPath, RecordFormat Format, CsvFormat Csv, bool OneEventARecord);

/// <summary>The topics of a failover group, read from the kafka connectors of its project, in the order of the model.</summary>
internal sealed record GroupTopics(
    string Prefix, string Group, string Journal, string Metadata,
    ImmutableArray<InboundTopic> Inbound, ImmutableArray<OutboundTopic> Outbound)
{
    /// <summary>Only one writer may hold it.</summary>
    public string TransactionalId => $"{Prefix}.{Group}";

    /// <summary>Where records go that can't be decoded.</summary>
    public string DeadLetters(int inbound) => Inbound[inbound].Name + ".DLQ";

    /// <summary>All topics that a commit may write to.</summary>
    public IReadOnlyList<string> Written => [Journal, Metadata, .. Outbound.Select(t => t.Name)];

    /// <summary>Reads the connectors.</summary>
    /// <exception cref="ArgumentException">The project has no kafka sub connector with hotfailover.</exception>
    public static GroupTopics Of(ProjectDefinition project, ProjectEngine engine, string? group)
    {
        var connectors = Connectors(project).ToList();
        var hot = connectors.Find(c => c.Connector.Direction == ConnectorDirection.Subscribe && Flag(c.Connector, "hotfailover")).Connector
            ?? throw new ArgumentException($"Project '{project.Name}' has no kafka sub connector with hotfailover=true.", nameof(project));
        var prefix = Text(hot, "urlhostport", project.Name).Replace(':', '_');
        var inbound = ImmutableArray.CreateBuilder<InboundTopic>();
        // The model was validated before it came here; what is wrong all the same has its default.
        var problems = new List<string>();
        var outbound = ImmutableArray.CreateBuilder<OutboundTopic>();
        foreach (var (query, window, connector) in connectors)
        {
            var id = engine.Find(query, window.Name);
            var path = $"{query}/{window.Name}";
            var type = KafkaType.Of(Text(connector, "kafkatype", "binary"));
            if (connector.Direction == ConnectorDirection.Publish)
            {
                var name = Text(connector, "kafkatopic", TopicName.Inbound(prefix, project.Name, query, window.Name));
                var from = Text(connector, "kafkainitialoffset", "smallest");
                inbound.Add(new InboundTopic(
                    inbound.Count, name, connector.Name, id, path, type,
                    CsvFormat.ForPublisher(connector.Properties, problems), InitialOffset(from), window is SourceWindowDefinition { AutogenKey: true },
                    string.Equals(Text(connector, "onpoison", "dlq"), "stop", StringComparison.OrdinalIgnoreCase)));
            }
            else
            {
                var name = Text(connector, "kafkatopic", TopicName.Outbound(prefix, project.Name, query, window.Name));
                outbound.Add(new OutboundTopic(
                    outbound.Count, name, connector.Name, id, path, type.Format,
                    CsvFormat.ForSubscriber(connector.Properties, problems), Flag(connector, "csvmsgperevent")));
            }
        }

        return new GroupTopics(
            prefix, group ?? prefix, TopicName.Journal(prefix, project.Name), TopicName.Metadata(prefix),
            inbound.ToImmutable(), outbound.ToImmutable());
    }

    private static IEnumerable<(string Query, WindowDefinition Window, ConnectorDefinition Connector)> Connectors(
        ProjectDefinition project) =>
        from query in project.ContinuousQueries
        from window in query.Windows
        from connector in window.Connectors
        where connector.IsActive && connector.Class == "kafka"
        select (query.Name, window, connector);

    private static long InitialOffset(string text) => text.ToUpperInvariant() switch
    {
        "LARGEST" or "LATEST" or "END" => PartitionStart.Latest,
        "SMALLEST" or "EARLIEST" or "BEGINNING" => PartitionStart.Earliest,
        _ => long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var offset) && offset >= 0
            ? offset : PartitionStart.Earliest,
    };

    private static string Text(ConnectorDefinition connector, string name, string missing) =>
        connector.Properties.TryGetValue(name, out var value) && value.Length > 0 ? value : missing;

    private static bool Flag(ConnectorDefinition connector, string name) =>
        Text(connector, name, "false").ToUpperInvariant() is "TRUE" or "1" or "YES";
}
