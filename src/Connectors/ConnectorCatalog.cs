using System.Collections.Immutable;
using Lockstep.Connectors.Adapters;
using Lockstep.Connectors.Databases;
using Lockstep.Connectors.Files;
using Lockstep.Connectors.Kafka;
using Lockstep.Connectors.Mqtt;
using Lockstep.Connectors.Redis;
using Lockstep.Connectors.Rmq;
using Lockstep.Connectors.Scripts;
using Lockstep.Connectors.Timers;
using Lockstep.Connectors.Web;
using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors;

/// <summary>
/// The connectors by class name: how each is checked and built. A class is one entry here; its options type parses the
/// properties, and what that does not ask for is unknown.
/// </summary>
public static class ConnectorCatalog
{
    private static readonly ImmutableArray<ConnectorClass> Classes =
    [
        new("db", ConnectorDirection.Publish, DatabaseOptions.CheckPublisher, c => new DatabasePublisher(c)),
        new("db", ConnectorDirection.Subscribe, DatabaseOptions.CheckSubscriber, c => new DatabaseSubscriber(c)),
        new("fs", ConnectorDirection.Publish, FilePublisherOptions.Check, c => new FilePublisher(c)),
        new("fs", ConnectorDirection.Subscribe, FileSubscriberOptions.Check, FileSubscriberOptions.Create),
        new("kafka", ConnectorDirection.Publish, KafkaConnectorOptions.Check, c => new KafkaPublisher(c)),
        new("kafka", ConnectorDirection.Subscribe, KafkaConnectorOptions.Check, c => new KafkaSubscriber(c)),
        new("lua", ConnectorDirection.Publish, ScriptConnectorOptions.Check, c => new ScriptPublisher(c)),
        new("lua", ConnectorDirection.Subscribe, ScriptConnectorOptions.Check, c => new ScriptSubscriber(c)),
        new("mqtt", null, MqttOptions.Check, MqttOptions.Create),
        new("python", ConnectorDirection.Publish, ScriptConnectorOptions.Check, c => new ScriptPublisher(c)),
        new("python", ConnectorDirection.Subscribe, ScriptConnectorOptions.Check, c => new ScriptSubscriber(c)),
        new("redis", null, RedisOptions.Check, RedisOptions.Create),
        new("rmq", null, RmqOptions.Check, RmqOptions.Create),
        new("timer", ConnectorDirection.Publish, TimerPublisherOptions.Check, c => new TimerPublisher(c)),
        new("url", ConnectorDirection.Publish, WebOptions.CheckUrl, c => new UrlPublisher(c)),
        new("websocket", ConnectorDirection.Publish, WebOptions.CheckSocket, c => new WebSocketPublisher(c)),
        new("adapter", null, AdapterOptions.Check, AdapterOptions.Create),
    ];

    /// <summary>All class names, sorted.</summary>
    public static IEnumerable<string> ClassNames => Classes.Select(c => c.Name).Distinct().Order(StringComparer.Ordinal);

    /// <summary>Everything wrong with the connectors of a project, in document order.</summary>
    /// <param name="project">The project.</param>
    /// <param name="substitutions">How hosts and paths become those of this machine; configuration files are read there.</param>
    public static ImmutableArray<Problem> Check(ProjectDefinition project, Substitutions substitutions)
    {
        ArgumentNullException.ThrowIfNull(project);
        List<Problem> problems = [];
        var isHot = KafkaConnectorOptions.IsHot(project);
        HashSet<string> endless = new(StringComparer.Ordinal);
        foreach (var query in project.ContinuousQueries)
        {
            foreach (var window in query.Windows)
            {
                foreach (var connector in window.Connectors.Where(c => c.IsActive))
                {
                    var path = $"{project.Name}/{query.Name}/{window.Name}/{connector.Name}";
                    var check = new ConnectorCheck(project, query, window, connector, path, substitutions, problems) { IsHot = isHot };
                    CheckOne(check);
                    if (check.IsEndless)
                    {
                        endless.Add($"{query.Name}/{window.Name}/{connector.Name}");
                    }
                }
            }
        }

        problems.AddRange(EndlessWait.In(project, endless.Contains).Select(w =>
            new Problem(ProblemSeverity.Warning, ProblemCode.EndlessWait, project.Name, w.Group.Position, w.Reason)));
        return [.. problems];
    }

    /// <summary>Builds the connector of a context whose project was checked; nothing runs yet.</summary>
    /// <param name="context">What it is built from.</param>
    /// <exception cref="InvalidOperationException">The connector was never checked, or in spite of its problems.</exception>
    public static IConnector Create(ConnectorContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var found = Find(context.Definition)
            ?? throw new InvalidOperationException($"{context.Path}: no connector class '{context.Definition.Class}'.");
        return SnapshotFirst.Over(found.Create(context), context);
    }

    private static void CheckOne(ConnectorCheck check)
    {
        if (Find(check.Connector) is { } found)
        {
            found.Check(check);
            if (check.Connector.Direction == ConnectorDirection.Subscribe && !(check.IsHot && found.Name is "kafka"))
            {
                SnapshotFirst.Check(check);
            }

            if (check.Connector.Direction == ConnectorDirection.Publish && found.Name is not ("kafka" or "adapter") && check.IsHot)
            {
                check.Error(ProblemCode.IncompleteFailover,
                    "With hotfailover every event must come from a topic: publish a file by an adapter, and what a script makes or a server "
                    + "answers from a project of its own, or turn hotfailover off.");
            }

            return;
        }

        check.Error(ProblemCode.UnsupportedConnector, RefusedConnectors.Explain(check.Connector.Class, ClassNames));
    }

    private static ConnectorClass? Find(ConnectorDefinition definition) => Classes.FirstOrDefault(c =>
        string.Equals(c.Name, definition.Class, StringComparison.OrdinalIgnoreCase)
        && (c.Direction is null || c.Direction == definition.Direction));

    /// <summary>One class of connectors, in one direction or, for null, in both.</summary>
    private sealed record ConnectorClass(
        string Name, ConnectorDirection? Direction, Action<ConnectorCheck> Check, Func<ConnectorContext, IConnector> Create);
}
