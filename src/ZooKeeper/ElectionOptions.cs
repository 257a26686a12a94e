namespace Lockstep.ZooKeeper;

/// <summary>Which election to stand for.</summary>
public sealed record ElectionOptions
{
    /// <summary>The znode whose children are the candidates; created with its parents when missing.</summary>
    public required string ParentPath { get; init; }

    /// <summary>How the candidates' names begin; children with other names are not part of the election.</summary>
    public string Prefix { get; init; } = "server-n_";

    /// <summary>Access list of the own znode; open when null.</summary>
    public IReadOnlyList<Acl>? Acl { get; init; }
}
