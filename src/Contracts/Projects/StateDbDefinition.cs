using Lockstep.Contracts.Projects.Secrets;

namespace Lockstep.Contracts.Projects;

/// <summary>Where the rows of statedb windows can be read from outside.</summary>
public enum StateDbType
{
    /// <summary>Nowhere: they are of the engine alone.</summary>
    Memory,

    /// <summary>A Redis server, which follows the engine's rows.</summary>
    Redis,
}

/// <summary>statedb: the database of a statedb window. Windows of a project that name the same one and the same prefix share rows.</summary>
/// <param name="Type">What it is.</param>
/// <param name="HostName">Host of the server; empty in memory.</param>
/// <param name="Port">Its port.</param>
public sealed record StateDbDefinition(StateDbType Type, string HostName, int Port)
{
    /// <summary>The port of a Redis server that the model gives none for.</summary>
    public const int RedisPort = 6379;

    /// <summary>The attribute that is secret.</summary>
    public static SecretAttribute Secret { get; } = new("statedb", "password");

    /// <summary>Who logs in; empty for the default user, or nobody without a password.</summary>
    public string UserName { get; init; } = "";

    /// <summary>The password; empty for none.</summary>
    public string Password { get; init; } = "";

    /// <summary>True: the server is one of a cluster.</summary>
    public bool IsCluster { get; init; }

    /// <summary>Seconds after which an idle connection is tried; 0: never; null: as the client does.</summary>
    public int? KeepAliveSeconds { get; init; }

    /// <summary>Where it stands.</summary>
    public TextPosition Position { get; init; }

    /// <summary>True when two windows mean one database.</summary>
    public bool IsSame(StateDbDefinition other) =>
        Type == other.Type && Port == other.Port && string.Equals(HostName, other.HostName, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override string ToString() => Type == StateDbType.Memory ? "memory" : $"redis at {HostName}:{Port}";
}
