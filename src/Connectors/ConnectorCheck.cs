using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors;

/// <summary>One connector that is being checked before anything runs.</summary>
/// <param name="Project">Its project.</param>
/// <param name="Query">Its continuous query.</param>
/// <param name="Window">Its window.</param>
/// <param name="Connector">The connector.</param>
/// <param name="Path">Path for problems.</param>
/// <param name="Substitutions">How hosts and paths become those of this machine.</param>
/// <param name="Problems">Takes what is wrong.</param>
internal sealed record ConnectorCheck(
    ProjectDefinition Project,
    ContinuousQueryDefinition Query,
    WindowDefinition Window,
    ConnectorDefinition Connector,
    string Path,
    Substitutions Substitutions,
    ICollection<Problem> Problems)
{
    /// <summary>True when the project runs in a failover group; the same for all of its connectors, so found once.</summary>
    public required bool IsHot { get; init; }

    /// <summary>Set by the check of a class: the connector goes on until it is told to stop.</summary>
    public bool IsEndless { get; set; }

    /// <summary>A reader of the connector's own properties.</summary>
    public PropertyReader Read() => new(Connector.Properties, Path, Connector.Position, Problems);

    /// <summary>Adds a warning.</summary>
    public void Warn(string code, string message) =>
        Problems.Add(new Problem(ProblemSeverity.Warning, code, Path, Connector.Position, message));

    /// <summary>Adds an error.</summary>
    public void Error(string code, string message) =>
        Problems.Add(new Problem(ProblemSeverity.Error, code, Path, Connector.Position, message));
}
