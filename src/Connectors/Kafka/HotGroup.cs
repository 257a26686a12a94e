using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;

namespace Lockstep.Connectors.Kafka;

/// <summary>Reads a project whose kafka connectors have hotfailover=true into the options of its member.</summary>
public static class HotGroup
{
    /// <summary>True when the project runs in a failover group.</summary>
    public static bool Is(ProjectDefinition project) => KafkaConnectorOptions.IsHot(project);

    /// <summary>True for a connector that the member runs itself.</summary>
    public static bool Runs(ConnectorDefinition connector) => KafkaConnectorOptions.IsKafka(connector);

    /// <summary>The options of a member of a checked project.</summary>
    /// <param name="project">The project.</param>
    /// <param name="substitutions">How hosts become those of this machine.</param>
    /// <param name="newEngine">Makes an engine of the project with empty state.</param>
    /// <param name="worker">Who the member is.</param>
    /// <param name="fetchSnapshot">Gets a peer's newest snapshot by its address.</param>
    public static EngineMemberOptions OptionsOf(
        ProjectDefinition project,
        Substitutions substitutions,
        Func<ProjectEngine> newEngine,
        WorkerIdentity worker,
        Func<string, CancellationToken, Task<Stream?>> fetchSnapshot)
    {
        var found = from query in project.ContinuousQueries
                    from window in query.Windows
                    from connector in window.Connectors
                    where connector.IsActive && KafkaConnectorOptions.IsKafka(connector)
                    let path = $"{project.Name}/{query.Name}/{window.Name}/{connector.Name}"
                    let properties = new PropertyReader(connector.Properties, path, connector.Position, [])
                    select KafkaConnectorOptions.Parse(properties, connector, substitutions, project.Name, query.Name, window.Name);
        var hot = found.First(o => o is { HotFailover: true })!;
        return new EngineMemberOptions
        {
            Project = project,
            NewEngine = newEngine,
            ModelDigest = worker.ModelDigest,
            Bus = hot.Bus,
            ZooKeeper = hot.ZooKeeper,
            Group = worker.Group.Length > 0 ? worker.Group : null,
            Member = worker.Member,
            Incarnation = worker.Incarnation,
            Address = worker.Address,
            Folder = worker.DataFolder,
            Version = worker.Version,
            Replication = worker.Replication,
            FetchSnapshot = fetchSnapshot,
        };
    }
}
