using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors;

/// <summary>Who and where a worker is: what every connector of its project shares. Immutable.</summary>
public sealed record WorkerIdentity
{
    /// <summary>Name of the deployed group; empty when run without one.</summary>
    public string Group { get; init; } = "";

    /// <summary>Name of this member.</summary>
    public required string Member { get; init; }

    /// <summary>A value made once a process.</summary>
    public required string Incarnation { get; init; }

    /// <summary>Version of the project, or empty.</summary>
    public string Version { get; init; } = "";

    /// <summary>Base address of the status endpoint; empty for none.</summary>
    public string Address { get; init; } = "";

    /// <summary>Digest of the model.</summary>
    public string ModelDigest { get; init; } = "";

    /// <summary>Folder for snapshots and the like.</summary>
    public string DataFolder { get; init; } = "";

    /// <summary>Replicas of topics that are created; null for the cluster's default.</summary>
    public short? Replication { get; init; }
}

/// <summary>Everything a connector is built from.</summary>
public sealed record ConnectorContext
{
    /// <summary>Name of the project.</summary>
    public required string Project { get; init; }

    /// <summary>The project, as the model has it.</summary>
    public required ProjectDefinition Model { get; init; }

    /// <summary>Name of the continuous query.</summary>
    public required string Query { get; init; }

    /// <summary>Its window, as the model has it.</summary>
    public required WindowDefinition Window { get; init; }

    /// <summary>The window in the engine.</summary>
    public required WindowId WindowId { get; init; }

    /// <summary>The window's schema.</summary>
    public required Schema Schema { get; init; }

    /// <summary>The connector, as the model has it.</summary>
    public required ConnectorDefinition Definition { get; init; }

    /// <summary>How hosts and paths of the model become those of this machine.</summary>
    public required Substitutions Substitutions { get; init; }

    /// <summary>Who the worker is.</summary>
    public required WorkerIdentity Worker { get; init; }

    /// <summary>Where a publisher puts its blocks.</summary>
    public required BlockFeed Feed { get; init; }

    /// <summary>For waits and stamps.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Log lines.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Told of each new ZooKeeper session of the connector, from any thread; must return at once.</summary>
    public Action<ZooKeeperSession> OnSession { get; init; } = _ => { };

    /// <summary>Told of each change of role or state, from any thread; must return at once.</summary>
    public Action OnChanged { get; init; } = () => { };

    /// <summary>
    /// True in a failover group: the members share what a subscriber writes, the active one writes, and none begins it anew.
    /// </summary>
    public bool IsShared { get; init; }

    /// <summary><c>project/contquery/window/connector</c>: names it in problems and logs.</summary>
    public string Path => $"{Project}/{Query}/{Window.Name}/{Definition.Name}";

    /// <summary>True when the engine makes the window's key itself.</summary>
    public bool AutogenKey => Window is SourceWindowDefinition { AutogenKey: true };
}
